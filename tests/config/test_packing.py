"""Scripts of a page become one file, and say so where they cannot."""

import pytest

from config.packing import bare, pack

MODULES = {
    "js/page.js": '// @ts-check\nimport { one } from "./one.js";\nimport {\n  two,\n} from "./two.js";\n\none(two);\n',
    "js/one.js": 'import { two } from "./two.js";\n/** Says it. */\nexport function one(it) {\n  return it + two;\n}\n',
    "js/two.js": "export const two = 2;\n",
    "js/twice.js": 'import { two } from "./two.js";\nimport { other } from "./other.js";\n',
    "js/other.js": "export const other = 1;\nconst two = 3;\n",
    "js/default.js": 'import two from "./two.js";\n',
    "js/round.js": 'import { back } from "./back.js";\nexport const round = 1;\n',
    "js/back.js": 'import { round } from "./round.js";\nexport const back = 1;\n',
}


def test_what_a_module_needs_stands_before_it_and_once() -> None:
    text = pack("js/page.js", MODULES.__getitem__)
    assert text == "const two = 2;\nfunction one(it) {\n  return it + two;\n}\n\none(two);\n"


@pytest.mark.parametrize("name,why", [("twice", "two stands in"), ("default", "write import"), ("round", "by way of")])
def test_what_cannot_become_one_file_is_told(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pack(f"js/{name}.js", MODULES.__getitem__)


def test_a_stylesheet_goes_out_without_its_comments() -> None:
    css = '/* why */\n.a { color: red; } /* beside */\n  /* over\n     two lines */\n.b::after { content: "↓" / ""; }\n'
    assert bare(css) == '.a { color: red; }\n.b::after { content: "↓" / ""; }\n'
