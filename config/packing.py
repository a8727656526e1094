"""One file for each page's scripts: the modules of `static/js/` as a browser would load them, in one request.

No tool and no other language: modules name each other by `import { … } from "./x.js"`, and their own names are unique
over a page (checked here), so that one after the other they are one module.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)
NAME = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)
STYLE_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n|[ \t]*/\*.*?\*/", re.MULTILINE | re.DOTALL)
# Comments that stand on lines of their own; the casts inside lines stay.
COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*\n|//[^\n]*\n)", re.MULTILINE | re.DOTALL)


def pack(name: str, read: Callable[[str], str]) -> str:
    """The module `name` and all it imports as one module. `read` gives a module's text by its path.

    Raises ValueError where two modules use one name, or a module is imported in another way.
    """
    packed: dict[str, str] = {}
    _collect(name, read, packed, ())
    names: dict[str, str] = {}
    for module, text in packed.items():
        if re.search(r"^(?:import|export)\b", text, re.MULTILINE):
            raise ValueError(f'{module}: write import {{ name }} from "./x.js"; and export before a declaration.')
        for declared in NAME.findall(text):
            if declared in names:
                raise ValueError(f"{declared} stands in {names[declared]} and in {module}.")
            names[declared] = module
    return "".join(packed.values())


def bare(css: str) -> str:
    """A stylesheet without its comments: they are for those who write it, and weigh on a phone."""
    return STYLE_COMMENT.sub("", css)


def _collect(name: str, read: Callable[[str], str], packed: dict[str, str], above: tuple[str, ...]) -> None:
    if name in packed:
        return
    if name in above:
        raise ValueError(f"{name} imports itself by way of others.")
    text = read(name)
    for _names, other in IMPORT.findall(text):
        _collect(str(PurePosixPath(name).parent / other), read, packed, (*above, name))
    packed[name] = COMMENT.sub("", EXPORT.sub("", IMPORT.sub("", text)))
