"""Parameters come in pages of the size that is asked for.

docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html: MaxResults is 50 at most. moto's pages
have ten, whatever is asked for.
"""

from moto.core.responses import ActionResult
from moto.ssm.responses import SimpleSystemManagerResponse


def install() -> None:
    SimpleSystemManagerResponse.describe_parameters = _described


def _described(self):
    size, start = min(self._get_int_param("MaxResults", 10), 50), int(self._get_param("NextToken") or 0)
    filters, more = self._get_param("Filters"), self._get_param("ParameterFilters")
    found = self.ssm_backend.describe_parameters(filters, more)
    answer = {"Parameters": [one.describe_response_object(False) for one in found[start : start + size]]}
    if len(found) > start + size:
        answer["NextToken"] = str(start + size)
    return ActionResult(answer)
