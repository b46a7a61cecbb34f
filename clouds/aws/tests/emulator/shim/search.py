"""OpenSearch: a name is taken once."""

import moto.opensearch.models as models
from moto.core.exceptions import JsonRESTError


class ResourceAlreadyExists(JsonRESTError):
    code = 409

    def __init__(self, name):
        super().__init__("ResourceAlreadyExistsException", f"Domain already exists: {name}")


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html
def install() -> None:
    original = models.OpenSearchServiceBackend.create_domain

    def create_domain(self, domain_name, *rest, **named):
        if domain_name in self.domains:
            raise ResourceAlreadyExists(domain_name)
        return original(self, domain_name, *rest, **named)

    models.OpenSearchServiceBackend.create_domain = create_domain
