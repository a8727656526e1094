"""A small internet for the link checker: names, a web server with a certificate, and a trap at every inner address.

The checker's own code runs whole. Only where a packet would leave the machine it is led to a server of the test: public
addresses to the web server, all others to the trap, which counts who knocks.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
NAMES = ("livet.dk", "andet.dk", "skifter.dk", "to.dk", "seks.dk", "*.example.dk")  # that the certificate is for

Speak = Callable[[ssl.SSLSocket], None]
_own_socket, _own_getaddrinfo = socket.socket, socket.getaddrinfo


def say(status: str, *headers: str, body: bytes = b"") -> Speak:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""])
    return lambda line: line.sendall(head.encode() + body)


@dataclass
class Outside:
    """What the names lead to (each look-up takes the next answer, the last one stays), and what a path answers."""

    port: int
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    paths: dict[str, Speak] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    knocked: list[tuple[str, int]] = field(default_factory=list)
    is_mute: bool = False  # takes the connection, and never says a word

    def name(self, host: str, *answers: list[str]) -> None:
        self.names[host] = list(answers) or [[PUBLIC]]

    def look_up(self, host: str, port: int, **_options: Any) -> list[Any]:
        self.looked_up.append(host)
        if host not in self.names:
            flags = (
                0 if host == "localhost" else socket.AI_NUMERICHOST
            )  # 2130706433 and 0x7f.1, as the system reads them
            return _own_getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
        answers = self.names[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        family = {address: socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses}
        return [(family[address], socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def answer(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        with suppress(OSError), plain:
            if self.is_mute:
                plain.recv(65_536)
                plain.recv(1)  # until they go
                return
            with context.wrap_socket(plain, server_side=True) as line:
                request = b""
                while b"\r\n\r\n" not in request and (more := line.recv(4096)):
                    request += more
                if request:
                    self.requests.append(request)
                    path = request.split(b" ")[1].decode()
                    self.paths.get(path, say("200 OK"))(line)


class Trap:
    """Listens at every address of this machine. Whoever connects waits in the queue until somebody counts."""

    def __init__(self) -> None:
        self.door = _own_socket(socket.AF_INET6, socket.SOCK_STREAM)
        self.door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.door.bind(("::", 0))
        self.door.listen(200)
        self.door.setblocking(False)
        self.port: int = self.door.getsockname()[1]

    def count(self) -> int:
        caught = 0
        while True:
            try:
                self.door.accept()[0].close()
            except BlockingIOError:
                return caught
            caught += 1


@contextmanager
def open_outside(folder: Path, monkeypatch: Any, module: Any, trap: Trap) -> Iterator[Outside]:
    """The checker's world, until the block ends."""
    authority, certificate = make_certificates(folder, *NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    door = _own_socket(socket.AF_INET, socket.SOCK_STREAM)
    door.bind(("127.0.0.1", 0))
    door.listen(50)
    outside = Outside(port=door.getsockname()[1])

    class Wire(_own_socket):  # type: ignore[misc,valid-type]
        def connect(self, address: Any) -> None:
            outside.knocked.append(address[:2])
            if address[0] == PUBLIC:
                super().connect(("127.0.0.1", outside.port))
            elif address[0] == PUBLIC_6:
                raise OSError("no way there by IPv6")
            else:
                super().connect(address)

    threads: list[threading.Thread] = []

    def serve() -> None:
        while True:
            try:
                plain, _peer = door.accept()
            except OSError:
                return
            thread = threading.Thread(target=outside.answer, args=(plain, context))
            threads.append(thread)
            thread.start()

    monkeypatch.setattr(socket, "socket", Wire)
    monkeypatch.setattr(socket, "getaddrinfo", outside.look_up)
    monkeypatch.setattr(module, "PORT", trap.port)
    monkeypatch.setattr(module, "make_context", lambda: ssl.create_default_context(cafile=str(authority)))
    server = threading.Thread(target=serve)
    server.start()
    try:
        yield outside
    finally:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        server.join()
        for thread in threads:
            thread.join()


def make_certificates(folder: Path, *names: str) -> tuple[Path, Path]:
    """An authority of the test's own, and a certificate with its key by that authority for these names."""
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])

    def begin(subject: x509.Name, public: Any) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root).public_key(public)
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))

    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    of_root = begin(root, root_key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    of_root = of_root.add_extension(usage, True)
    of_root = of_root.add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), False)
    of_name = begin(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site")]), key.public_key())
    of_name = of_name.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    of_name = of_name.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
    pem = serialization.Encoding.PEM
    authority, certificate = folder / "authority.pem", folder / "site.pem"
    authority.write_bytes(of_root.sign(root_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate.write_bytes(private + of_name.sign(root_key, hashes.SHA256()).public_bytes(pem))
    return authority, certificate
