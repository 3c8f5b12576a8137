"""Where uv and npm keep what they have downloaded, when they cannot keep it in the home folder."""

import tempfile
from collections.abc import Mapping
from pathlib import Path


def replaced_caches(environ: Mapping[str, str], instead: Path) -> dict[str, str]:
    """Return the variables that lead each tool whose own cache cannot be written to a folder below `instead`."""
    of_home = environ.get("XDG_CACHE_HOME") or "~/.cache"
    defaults = {"UV_CACHE_DIR": f"{of_home}/uv", "npm_config_cache": "~/.npm"}
    return {
        name: str(instead / name.lower())
        for name, default in defaults.items()
        if name not in environ and not _can_be_written(default)
    }


def _can_be_written(folder: str) -> bool:
    try:
        path = Path(folder).expanduser()
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except (OSError, RuntimeError):  # RuntimeError: there is no home at all
        return False
    return True
