"""EFS: nothing is there at once; updates and backup policies."""

import json
import time

import moto.efs.models as models
import moto.efs.responses as responses
from moto.core.exceptions import JsonRESTError

# How long something takes to be there; in the cloud some seconds to two minutes.
TAKES = 0.3


class Incorrect(JsonRESTError):
    code = 409

    def __init__(self, system):
        super().__init__("IncorrectFileSystemLifeCycleState", f"The file system {system} is still being made.")


def install() -> None:
    responses.EFSResponse.update_file_system = _update_file_system
    responses.EFSResponse.put_backup_policy = _put_backup_policy
    models.FileSystem.backup_policy = property(_backup_policy)
    for model in (models.FileSystem, models.MountTarget):
        _takes_time(model)
    for name in ("create_mount_target", "put_lifecycle_configuration"):
        setattr(models.EFSBackend, name, _once_there(getattr(models.EFSBackend, name)))


# docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html, API_MountTargetDescription.html: LifeCycleState.
def _takes_time(model):
    make, tell = model.__init__, model.info_json

    def __init__(self, *rest, **named):
        make(self, *rest, **named)
        self._there = time.monotonic() + TAKES

    def info_json(self):
        said = tell(self)
        if time.monotonic() < self._there:
            said["LifeCycleState"] = "creating"
        return said

    model.__init__, model.info_json = __init__, info_json


# docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html, API_PutLifecycleConfiguration.html, API_PutBackupPolicy.html:
# IncorrectFileSystemLifeCycleState until the file system is available.
def _once_there(original):
    def call(self, file_system_id, *rest, **named):
        _insist(self, file_system_id)
        return original(self, file_system_id, *rest, **named)

    return call


def _insist(backend, file_system_id):
    system = backend.file_systems_by_id.get(file_system_id)
    if system is not None and time.monotonic() < system._there:
        raise Incorrect(file_system_id)


# docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html
def _update_file_system(self):
    name = self._get_param("FileSystemId")
    _insist(self.efs_backend, name)
    system = self.efs_backend.describe_file_systems(file_system_id=name)[1][0]
    if self._get_param("ThroughputMode"):
        system.throughput_mode = self._get_param("ThroughputMode")
    if self._get_param("ProvisionedThroughputInMibps"):
        system.provisioned_throughput_in_mibps = self._get_param("ProvisionedThroughputInMibps")
    return json.dumps(system.info_json()), {"status": 202, "Content-Type": "application/json"}


# docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html; API_BackupPolicy.html: ENABLING comes before ENABLED.
def _put_backup_policy(self):
    name = self._get_param("FileSystemId")
    _insist(self.efs_backend, name)
    system = self.efs_backend.describe_file_systems(file_system_id=name)[1][0]
    system._backup_status, system._backup_since = self._get_param("BackupPolicy")["Status"], time.monotonic()
    return json.dumps({"BackupPolicy": system.backup_policy}), {"Content-Type": "application/json"}


def _backup_policy(self):
    status = getattr(self, "_backup_status", "ENABLED" if self._backup else None)
    if status and time.monotonic() < getattr(self, "_backup_since", 0.0) + TAKES:
        status = status.removesuffix("ED") + "ING"
    return {"Status": status} if status else None
