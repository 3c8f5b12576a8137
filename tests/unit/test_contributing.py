"""The pages for contributors, and the files for GitHub, name only what exists."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")}
OPERATORS = ("bootstrap", "deploy", "status", "doctor", "redrive", "destroy")
"""What those type who answer for an account."""
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, SET_UP = PYPROJECT["project"], PYPROJECT["tool"]["set-up"]


def read(path: str) -> Any:
    """Return a file of YAML. What GitHub knows as `on` is true for YAML."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def steps(workflow: str) -> list[dict[str, Any]]:
    return [step for job in read(f".github/workflows/{workflow}.yml")["jobs"].values() for step in job["steps"]]


def test_the_license_is_the_one_that_the_project_names() -> None:
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())

    assert PROJECT["license"] == "Apache-2.0"
    assert text.startswith("Apache License Version 2.0, January 2004")
    assert "9. Accepting Warranty or Additional Liability." in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_page_leads_to_what_is_there() -> None:
    links = chain.from_iterable(re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page) for page in PAGES.values())
    ours = {link for link in links if not link.startswith("https://")}

    assert ours
    assert [link for link in ours if not (ROOT / link).exists()] == []
    assert [
        folder for folder in re.findall(r"`(\w+/[\w/]*)`", PAGES["CONTRIBUTING.md"]) if not (ROOT / folder).is_dir()
    ] == []


def test_the_first_change_finds_the_words_where_it_says() -> None:
    [(words, folder)] = re.findall(r'`grep -rn "(.+)" lambdas/` leads to `(lambdas/.+)`', PAGES["CONTRIBUTING.md"])

    assert any(words in path.read_text(encoding="utf-8") for path in (ROOT / folder).glob("*.py"))


def test_every_make_target_that_is_named_is_there_and_contributors_find_all() -> None:
    named = set(re.findall(r"`make ([a-z]+)", " ".join(PAGES.values())))

    assert named <= TARGETS
    assert set(re.findall(r"^\| `make (\w+)`", PAGES["CONTRIBUTING.md"], re.MULTILINE)) == TARGETS - {
        "help",
        *OPERATORS,
    }


def test_the_changelog_has_every_release_and_begins_with_the_one_to_come() -> None:
    headings = re.findall(r"^## \[(.+)\] - (Unreleased|\d{4}-\d{2}-\d{2})$", PAGES["CHANGELOG.md"], re.MULTILINE)
    recorded = sorted(folder.name for folder in (ROOT / "tests" / "releases").glob("[0-9]*"))

    assert [version for version, _ in headings] == recorded[::-1]
    assert headings[0][0] == PROJECT["version"]
    assert [version for version, date in headings if date == "Unreleased"] == [PROJECT["version"]]
    kinds = set(re.findall(r"^### (.+)$", PAGES["CHANGELOG.md"], re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_hook_before_a_commit_checks_what_make_check_does() -> None:
    [repository] = read(".pre-commit-config.yaml")["repos"]
    [hook] = repository["hooks"]

    assert repository["repo"] == "local"
    assert (hook["entry"], hook["language"], hook["pass_filenames"]) == ("make check", "system", False)


def test_github_tests_on_every_python_that_the_project_takes_up_to_that_of_the_functions() -> None:
    workflow = read(".github/workflows/test.yml")
    [job] = workflow["jobs"].values()

    pythons = job["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{minor}" for minor in range(11, 15)]
    assert f">={pythons[0]}" == PROJECT["requires-python"]
    [setup] = [step for step in job["steps"] if step.get("uses", "").startswith("actions/setup-python@")]
    assert setup["with"]["python-version"].split("\n", 1)[0] == pythons[-1]
    assert pythons[-1] == SET_UP["functions-python"]
    assert workflow[True].keys() == {"push", "pull_request"}


@pytest.mark.parametrize("workflow", ["test", "soak"])
def test_github_calls_make_and_may_only_read(workflow: str) -> None:
    assert [step["run"] for step in steps(workflow) if "run" in step] == [f"make {workflow}"]
    assert read(f".github/workflows/{workflow}.yml")["permissions"] == {"contents": "read"}


def test_the_soak_runs_every_night() -> None:
    [schedule] = read(".github/workflows/soak.yml")[True]["schedule"]

    assert re.fullmatch(r"\d+ \d+ \* \* \*", schedule["cron"])


def test_updates_are_looked_for_wherever_something_is_pinned_that_can_be_read() -> None:
    updates = read(".github/dependabot.yml")["updates"]

    assert {each["package-ecosystem"] for each in updates} == {"pip", "github-actions"}
    assert all(each["directory"] == "/" for each in updates)


@pytest.mark.parametrize(("form", "asked"), [("bug", {"execution", "input", "message"}), ("wish", {"need"})])
def test_an_issue_form_asks_for_what_helps(form: str, asked: set[str]) -> None:
    written = read(f".github/ISSUE_TEMPLATE/{form}.yml")
    questions = [part for part in written["body"] if part["type"] != "markdown"]

    assert {"name", "description", "body"} <= written.keys()
    assert asked <= {part["id"] for part in questions}
    assert len({part["id"] for part in questions}) == len(questions)
    assert {part["type"] for part in questions} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(part["attributes"]["label"] for part in questions)
