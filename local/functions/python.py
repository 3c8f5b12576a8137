"""The Python that runs the functions: the newest one installed that is not newer than Lambda's."""

import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Python:
    """An interpreter, and the import path of its packages."""

    executable: Path
    version: str
    path: Sequence[str]

    @classmethod
    def newest(cls, folder: Path = Path(sys.prefix, "lambda")) -> "Python":
        """Return that of the environment which the set-up made in `folder`, as this one is older; or else this one."""
        executable = folder / "bin" / "python"
        if not executable.exists():
            return cls(Path(sys.executable), platform.python_version(), sys.path)
        [version] = re.findall(r"^version(?:_info)? = (\S+)", (folder / "pyvenv.cfg").read_text(), re.MULTILINE)
        return cls(executable, version, [str(path) for path in folder.glob("lib/python3*/site-packages")])
