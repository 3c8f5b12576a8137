"""Many texts in little room."""

from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.vocabulary.folding import fold, unfold

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/"
NAMES = st.text("abA0_.-:/", min_size=1, max_size=30)


def test_what_begins_alike_is_written_once() -> None:
    assert fold([f"{ARN}boards/1", f"{ARN}parts/17", f"{ARN}parts/18"]) == f"{ARN}boards/1,51>parts/17,58>8"


@given(st.lists(NAMES.flatmap(lambda name: st.sampled_from([name, f"{ARN}{name}"]))))
def test_what_was_folded_is_read_as_it_was(texts: list[str]) -> None:
    folded = fold(texts)
    assert unfold(folded) == texts
    assert len(folded) <= len(",".join(texts))


def test_a_list_that_an_older_release_wrote_is_read() -> None:
    assert unfold(f"{ARN}boards/1,{ARN}parts/17") == [f"{ARN}boards/1", f"{ARN}parts/17"]
