"""The command that starts the site."""

from importlib.util import find_spec
from typing import Annotated

import typer

from capmap.cli.shared import Language, app, explained, fail
from capmap.wording import Wording


@app.command("serve", help=explained("help_serve"))
def serve_command(
    host: Annotated[
        str, typer.Option("--host", help=explained("help_host"))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help=explained("help_port"))
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help=explained("help_workers"))
    ] = 3,
    sample: Annotated[
        bool, typer.Option("--sample/--no-sample", help=explained("help_sample"))
    ] = True,
    language: Language = "en",
) -> None:
    words = Wording("command_line", language)
    if find_spec("django") is None or find_spec("gunicorn") is None:
        raise fail(words.say("serve_not_installed"), code=2)
    from capmap.web.serve import CannotStart, serve

    try:
        code = serve(
            host=host,
            port=port,
            workers=workers,
            sample=sample,
            words=words,
            tell=lambda text: print(text, flush=True),
        )
    except CannotStart as reason:
        raise fail(str(reason)) from None
    raise typer.Exit(code)
