"""What the local Step Functions replaces in moto is still as it was when it was replaced.

A failure here means that moto has changed: check whether the replacement is still needed, and still fits.
"""

import ast
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

PARSER = "moto.stepfunctions.parser"
ASL = f"{PARSER}.asl"
COMPONENT = f"{ASL}.component"
TASK = f"{COMPONENT}.state.exec.state_task"

REPLACED = {
    f"{PARSER}.quotas:is_within_size_quota": "370d454c40a9",
    f"{ASL}.utils.boto_client:boto_client_for": "2c53599692cb",
    f"{ASL}.parse.intrinsic.intrinsic_parser:IntrinsicParser.parse": "91d286b8f0d2",
    f"{ASL}.parse.intrinsic.preprocessor:Preprocessor._replace_escaped_characters": "e4ac8b14fe93",
    f"{COMPONENT}.common.error_name.error_equals_decl:ErrorEqualsDecl._eval_body": "3dd07e989641",
    f"{COMPONENT}.intrinsic.function.statesfunction.generic.string_format:StringFormat._eval_body": "ca2239b97a48",
    f"{COMPONENT}.program.program:Program": "66ad2a56d5a6",
    f"{COMPONENT}.state.exec.execute_state:ExecutionState._from_error": "4f0eb613e437",
    f"{COMPONENT}.state.exec.execute_state:ExecutionState._evaluate_with_timeout": "999d88984b13",
    f"{COMPONENT}.state.state:CommonStateField._eval_body": "cbfa5e4914ea",
    f"{COMPONENT}.state.wait.wait_function.timestamp:Timestamp": "c3db3290e695",
    f"{COMPONENT}.state.wait.wait_function.wait_function:WaitFunction._wait_interval": "778fc7df842c",
    f"{TASK}.state_task_lambda:StateTaskLambda": "5cc90f9fc985",
    f"{TASK}.service.state_task_service:StateTaskService._normalise_parameters": "e38c815b248c",
    f"{TASK}.service.state_task_service:StateTaskService._normalise_response": "29e16699c761",
    f"{TASK}.service.state_task_service_aws_sdk:StateTaskServiceAwsSdk": "edb4227c772e",
    f"{TASK}.service.state_task_service_sfn:StateTaskServiceSfn": "ef7dd676eb82",
    f"{ASL}.eval.environment:Environment": "ec16ccaa7a1e",
    f"{ASL}.eval.event.event_manager:EventManager": "dadefb20f89f",
    f"{PARSER}.backend.execution:Execution": "846b6902ac78",
    f"{PARSER}.backend.execution_worker:ExecutionWorker": "4c3ac97f1223",
    f"{PARSER}.models:StepFunctionsParserBackend.start_execution": "6a91721c5bae",
    "moto.stepfunctions.responses:StepFunctionResponse.describe_execution": "bb2cb600f89f",
    "moto.cloudformation.models:CloudFormationBackend.create_stack": "f0bb6c57440a",
    "moto.cloudformation.models:CloudFormationBackend.execute_change_set": "357890b67f06",
    "moto.cloudformation.parsing:parse_and_create_resource": "f07d3c49044a",
    "moto.awslambda.models:LambdaFunction.create_from_cloudformation_json": "604e525bf0c6",
    "moto.stepfunctions.models:StateMachine.create_from_cloudformation_json": "e893f9cc14a4",
    "moto.awslambda_simple.models:LambdaSimpleBackend": "4b7e0240c4e5",
}
"""Code of moto's that is replaced or built upon, and the beginning of its source's hash."""


def source_of(name: str) -> str:
    """Read a definition in its file, since a local AWS that is open has put its own in the place of some."""
    module, path = name.split(":")
    text = file_of(module).read_text()
    node: ast.AST = ast.parse(text)
    for part in path.split("."):
        [node] = [child for child in ast.iter_child_nodes(node) if getattr(child, "name", None) == part]
    return ast.get_source_segment(text, node) or ""


def file_of(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


@pytest.mark.parametrize("name", REPLACED)
def test_what_is_replaced_is_what_it_was(name: str) -> None:
    assert hashlib.sha256(source_of(name).encode()).hexdigest()[:12] == REPLACED[name]


def test_every_way_to_wait_or_to_tell_the_time_has_its_stand_in() -> None:
    """Modules are found by what their names stand for; a function imported by its own name would be passed over."""
    own_names = re.compile(r"^from (?:time|threading|asyncio|sched|concurrent\S*) import .*$", re.MULTILINE)
    imports = {line for file in file_of(PARSER).parent.rglob("*.py") for line in own_names.findall(file.read_text())}
    assert imports == {"from threading import Event, Lock", "from threading import Thread"}
