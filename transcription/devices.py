"""Where the model runs: on a CPU, or on a CUDA device that an engine can use."""

from importlib.util import find_spec
from typing import Literal, NamedTuple

from transcription.errors import EngineError, Fault

EngineName = Literal["auto", "faster-whisper", "openai-whisper"]
Chosen = Literal["faster-whisper", "openai-whisper"]
Device = Literal["cpu", "cuda"]


class Reach(NamedTuple):
    """What one engine has on this machine."""

    installed: bool
    cuda: bool


def choose(name: EngineName, faster: Reach, openai: Reach) -> tuple[Chosen, Device]:
    """Choose engine and device; raises EngineError where it is not installed.

    On a CPU CTranslate2 gives the same words for half the work, so it comes first,
    unless a CUDA device is there that only PyTorch can use.
    """
    if name == "auto":
        if not faster.installed or (openai.installed and openai.cuda > faster.cuda):
            name = "openai-whisper"
        else:
            name = "faster-whisper"
    reach = faster if name == "faster-whisper" else openai
    if not reach.installed:
        raise EngineError(Fault.ENGINE_MISSING)
    return name, "cuda" if reach.cuda else "cpu"


def at_hand(name: EngineName) -> tuple[Chosen, Device]:
    """Choose by what this machine has; raises EngineError.

    Only the engines that may be chosen are asked: loading PyTorch takes seconds.
    """
    faster, openai = Reach(installed=False, cuda=False), Reach(False, False)  # noqa: FBT003
    if name != "openai-whisper" and find_spec("faster_whisper"):
        import ctranslate2  # noqa: PLC0415

        faster = Reach(installed=True, cuda=ctranslate2.get_cuda_device_count() > 0)
    if name == "openai-whisper" or not faster.cuda:
        installed = find_spec("whisper") is not None
        openai = Reach(installed, cuda=installed and _torch_has_cuda())
    return choose(name, faster, openai)


def _torch_has_cuda() -> bool:
    if find_spec("torch") is None:
        return False
    import torch  # noqa: PLC0415

    return bool(torch.cuda.is_available())
