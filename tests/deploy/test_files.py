"""What an operator copies is true to the code."""

import re
from pathlib import Path

from django.conf import settings

DEPLOY: Path = settings.BASE_DIR / "deploy"
# Read by the site, but no business of a production installation.
DEMO_ONLY = {"SAMRUM_DEMO", "SAMRUM_DEBUG", "SAMRUM_NETWORK_LIMITS", "DJANGO_SETTINGS_MODULE"}


def test_the_example_names_exactly_the_settings_that_are_read() -> None:
    read = set()
    for file in [*(settings.BASE_DIR / "config").rglob("*.py")]:
        read |= set(re.findall(r"""(?:environ(?:\.get\(|\[)|env\.\w+\()\s*"([A-Z_]+)\"""", file.read_text("utf-8")))
    example = (DEPLOY / "samrum.env.example").read_text("utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == read - DEMO_ONLY


def test_the_proxy_sends_only_the_rooms_path_to_the_socket_server() -> None:
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    places = re.findall(r"location ([^{]+) {\s+proxy_pass http://(\w+);", proxy)
    assert places == [(r"~ ^/chat/[\w-]+/ws/$", "samrum_sockets"), ("/", "samrum_pages")]


def test_the_proxy_overwrites_the_visitors_word_about_their_address_and_writes_none_down() -> None:
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert "$proxy_add_x_forwarded_for" not in proxy
    assert proxy.count("proxy_set_header X-Forwarded-For $remote_addr;") == 1
    assert proxy.count("access_log off;") == len(re.findall(r"^server {", proxy, re.MULTILINE))
    assert "client_max_body_size 1m;" in proxy


def test_units_proxy_and_containers_agree_on_the_ports() -> None:
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    sockets = (DEPLOY / "systemd" / "samrum-sockets@.service").read_text("utf-8")
    pages = (DEPLOY / "systemd" / "samrum-pages.service").read_text("utf-8")
    ports = re.findall(r"server 127\.0\.0\.1:(\d+);", proxy)
    assert ports == re.findall(r'"127\.0\.0\.1:(8[12]\d\d):', compose)
    assert f"127.0.0.1:{ports[0]}" in pages
    assert re.findall(r"samrum-sockets@(\d+)", sockets) == ports[1:]
