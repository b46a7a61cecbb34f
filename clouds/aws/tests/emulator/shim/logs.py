"""Log groups: a key is put on and taken off again, which moto can't do.

docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html and API_DisassociateKmsKey.html
"""

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse


def install() -> None:
    LogsResponse.associate_kms_key = lambda self: _with_key(self, self._get_param("kmsKeyId"))
    LogsResponse.disassociate_kms_key = lambda self: _with_key(self, None)


def _with_key(self, key):
    group = self.logs_backend.groups.get(self._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException()
    group.kms_key_id = key
    return ""
