"""SNS: a topic is had once, and who is asked by mail has to say yes."""

import moto.sns.models as models
import moto.sns.responses as responses
from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter

# Who doesn't subscribe himself is asked first.
ASKED = ("email", "email-json", "http", "https", "sms")


# docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html: idempotent; but with other tags or attributes than the topic
# has it is refused as an invalid parameter.
# docs.aws.amazon.com/sns/latest/api/API_Subscribe.html and API_ListSubscriptionsByTopic.html: until it is confirmed a
# subscription is listed as PendingConfirmation. docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html: it
# can't be deleted before that.
def install() -> None:
    create = models.SNSBackend.create_topic

    def create_topic(self, name, attributes=None, tags=None):
        arn = models.Topic(name, self).arn
        if arn in self.topics and tags and self.topics[arn]._tags != tags:
            raise SNSInvalidParameter("Invalid parameter: Tags Reason: Topic already exists with different tags")
        return create(self, name, attributes, tags)

    models.SNSBackend.create_topic = create_topic
    responses.SNSResponse.list_subscriptions = _all
    responses.SNSResponse.list_subscriptions_by_topic = _of_topic


def _all(self):
    found, following = self.backend.list_subscriptions(next_token=self._get_param("NextToken"))
    return ActionResult({"Subscriptions": [_shown(one) for one in found], "NextToken": following})


def _of_topic(self):
    arn, token = self._get_param("TopicArn"), self._get_param("NextToken")
    found, following = self.backend.list_subscriptions_by_topic(arn, next_token=token)
    return ActionResult({"Subscriptions": [_shown(one) for one in found], "NextToken": following})


def _shown(one):
    waits = one.protocol in ASKED and not one.confirmed
    return {
        "SubscriptionArn": "PendingConfirmation" if waits else one.arn, "Owner": one.owner, "Protocol": one.protocol,
        "Endpoint": one.endpoint, "TopicArn": one.topic_arn,
    }


def confirm(endpoint: str) -> dict:
    """Somebody follows the link in the mail."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    confirmed = 0
    for backend in sns_backends[DEFAULT_ACCOUNT_ID].values():
        for one in backend.subscriptions.values():
            if one.endpoint == endpoint:
                one.confirmed = True
                confirmed += 1
    return {"confirmed": confirmed}
