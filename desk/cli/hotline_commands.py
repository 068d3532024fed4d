"""`hotline …`: the telephone's process, its prompts and hot words, and what last calls were about."""

import typer

hotline_app = typer.Typer(help="电话热线", no_args_is_help=True)


@hotline_app.command("serve")
def serve() -> None:
    """运行热线：AudioSocket（9092）和 FastAGI（4573）。make run 在 AFTERCARE_HOTLINE=1 时会自己启动它。"""
    from desk.channels.hotline.serve import main

    main()


@hotline_app.command("prompts")
def prompts() -> None:
    """把固定的话先合成好存起来；合成服务没开时，电话里也能听到这些话。"""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from desk.channels.hotline.serve import mouth
    from desk.channels.hotline.speech import prompts as fixed

    texts = fixed.fixed()
    with ThreadPoolExecutor(1) as pool:
        missing = asyncio.run(mouth(pool).prepare(texts))
    typer.echo(f"共 {len(texts)} 句，合成好 {len(texts) - len(missing)} 句")
    if missing:
        typer.echo("没有合成：检查 AFTERCARE_HOTLINE_TTS_URL 指的服务是否在运行", err=True)
        raise typer.Exit(1)


@hotline_app.command("hotwords")
def hotwords() -> None:
    """打印热词表（词和权重，每行一个），可以给识别服务使用。"""
    from desk.channels.hotline.speech import hotwords as words
    from desk.cli.session import ready

    ready()
    for word, weight in words.all_words().items():
        typer.echo(f"{word} {weight}")


@hotline_app.command("calls")
def calls(
    last: int = typer.Option(20, help="最近几通"), transcript: bool = typer.Option(False, help="连同对话")
) -> None:
    """最近的来电：时间、时长、结果、工单。号码只显示一部分。"""
    from desk.cases.hotline import history
    from desk.cli.session import ready

    ready()
    for call in history.recent(last):
        typer.echo(call.line())
        for words in call.words if transcript else ():
            typer.echo(f"    {words}")
