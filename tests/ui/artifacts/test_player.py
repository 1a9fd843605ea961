from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from gym_gui.core.artifacts.media import media_facts
from gym_gui.services import media
from gym_gui.services.media import VideoReader, find_ffmpeg, shown_size
from gym_gui.ui.artifacts import player as player_module
from gym_gui.ui.artifacts.player import Player
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from tests.panel_helpers import wait_for
from tests.ui.artifacts.helpers import DATA

FFMPEG = find_ffmpeg()
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="the extra [video] is not installed")


@pytest.fixture
def player(theme: Theme, desktop: Desktop, qtbot: QtBot) -> Player:
    made = Player(theme, desktop)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.clear())
    made.resize(500, 400)
    made.show()
    return made


def decoders() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if is_alive(p.pid) and is_ffmpeg(p)]


def is_ffmpeg(process: psutil.Process) -> bool:
    try:
        return "ffmpeg" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@needs_ffmpeg
@pytest.mark.parametrize("name", ["clip.mp4", "clip.webm"])
def test_a_frame_is_the_same_whichever_way_it_is_reached(name: str) -> None:
    facts = media_facts(DATA / name)
    reader = VideoReader(FFMPEG or "", facts.path, shown_size(facts.width or 0, facts.height or 0))
    frames = []
    while (frame := reader.frame(len(frames))) is not None:
        frames.append(frame)
    assert len(frames) == 6
    assert len(set(frames)) == 6
    for number in (4, 1, 5, 0):
        assert reader.frame(number) == frames[number]
    assert reader.frame(99) is None
    reader.close()


@needs_ffmpeg
def test_a_film_is_stepped_scrubbed_and_played(player: Player) -> None:
    player.show_facts(media_facts(DATA / "clip.mp4"))
    wait_for(lambda: not player.picture.image.isNull(), "the first frame")
    assert player.where.text() == "1 / 6"
    assert not player.is_playing
    player.step(1)
    wait_for(lambda: player.number == 1)
    player.slider.setValue(4)
    wait_for(lambda: player.number == 4)
    player.step(-1)
    wait_for(lambda: player.number == 3)
    player.speed.setCurrentIndex(0)  # slow, so that no frame comes and goes between two looks
    player.toggle()
    wait_for(lambda: player.number == 0, "round to the beginning")
    player.toggle()


@needs_ffmpeg
def test_the_decoder_ends_when_the_player_is_hidden_and_goes_on_from_there(player: Player) -> None:
    player.show_facts(media_facts(DATA / "clip.mp4"))
    wait_for(lambda: player.where.text() == "1 / 6")
    player.seek(2)
    wait_for(lambda: player.number == 2)
    player.hide()
    assert decoders() == []
    player.show()
    player.step(1)
    wait_for(lambda: player.number == 3)


@needs_ffmpeg
def test_the_decoder_ends_with_a_panel_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from gym_gui.services.media import FrameSize, VideoReader\n"
        "reader = VideoReader(sys.argv[1], Path(sys.argv[2]), FrameSize(1280, 960))\n"
        "reader.frame(0)\n"
        "print(reader._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, FFMPEG or "", str(DATA / "clip.mp4")]
    panel = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert panel.stdout is not None
    decoder = int(panel.stdout.readline())
    assert is_alive(decoder)
    os.kill(panel.pid, signal.SIGKILL)
    panel.wait()
    panel.stdout.close()
    wait_for(lambda: not is_alive(decoder), "the end of its decoder")


def test_a_film_whose_header_takes_long_is_let_go_of_at_once(
    player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 1000\n")
    slow.chmod(0o755)
    monkeypatch.setattr(player_module, "find_ffmpeg", lambda: str(slow))
    player.show_facts(media_facts(DATA / "clip.mp4"))
    wait_for(lambda: any("sleep" in p.cmdline() for p in psutil.Process().children()), "the question")
    player.clear()
    assert not [p for p in psutil.Process().children() if is_alive(p.pid)]
    assert not [thread for thread in threading.enumerate() if thread.name == "frames"]


@needs_ffmpeg
def test_a_film_that_is_cut_off_says_so_and_leaves_nothing_running(player: Player, tmp_path: Path) -> None:
    whole = (DATA / "clip.webm").read_bytes()
    (tmp_path / "cut.webm").write_bytes(whole[: len(whole) // 4])
    facts = media_facts(tmp_path / "cut.webm")
    player.show_facts(facts)
    wait_for(lambda: "cannot be played" in player.words.text() or not player.picture.image.isNull())
    player.clear()
    assert decoders() == []


@needs_ffmpeg
def test_a_name_that_looks_like_an_option_or_an_address_is_a_file(tmp_path: Path) -> None:
    for name in ("-i.mp4", "concat:x|y.mp4", "http:x.mp4"):
        (tmp_path / name).write_bytes((DATA / "clip.mp4").read_bytes())
        reader = VideoReader(FFMPEG or "", tmp_path / name, shown_size(64, 48))
        assert reader.frame(0) is not None
        reader.close()


def test_without_ffmpeg_the_way_to_install_it_is_shown(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player_module, "find_ffmpeg", lambda: None)
    player.show_facts(media_facts(DATA / "clip.mp4"))
    assert player.missing.isVisible()
    assert media.INSTALL_COMMAND == "pip install 'mosaic-panel[video]'"


def test_an_animation_plays_by_itself_and_is_stepped(player: Player, tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    colours = ("red", "green", "blue")
    frames = [pil.new("RGB", (64, 32), colour) for colour in colours]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=150, loop=0)
    player.show_facts(media_facts(tmp_path / "a.gif"))
    wait_for(lambda: player.number == 2, "the last frame")
    wait_for(lambda: player.number == 0, "round again")
    player.toggle()
    for number, colour in ((2, "#0000ff"), (0, "#ff0000"), (1, "#008000")):
        player.seek(number)
        wait_for(lambda number=number: player.number == number)
        assert player.picture.image.pixelColor(5, 5).name() == colour
