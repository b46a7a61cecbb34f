"""A secret that was deleted keeps its name until it is gone for good.

docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html: it can be restored until then;
docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html: InvalidRequestException, among others where
"the secret is scheduled for deletion".
"""

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend


def install() -> None:
    original = SecretsManagerBackend.create_secret

    def create_secret(self, name, *rest, **named):
        secret = self.secrets[name] if name in self.secrets.keys() else None
        if secret is not None and secret.is_deleted():
            message = "You can't create this secret because a secret with this name is already scheduled for deletion."
            raise InvalidRequestException(message)
        return original(self, name, *rest, **named)

    SecretsManagerBackend.create_secret = create_secret
