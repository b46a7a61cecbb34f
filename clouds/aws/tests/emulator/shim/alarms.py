"""CloudWatch: what is written over keeps its tags."""

import moto.cloudwatch.models as models


# docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: on an alarm that is there tags that are
# given are ignored. An alarm that is gone takes its tags along.
def install() -> None:
    put, delete = models.CloudWatchBackend.put_metric_alarm, models.CloudWatchBackend.delete_alarms

    def put_metric_alarm(self, name, *rest, **named):
        if name in self.alarms:
            named["tags"] = None
        return put(self, name, *rest, **named)

    def delete_alarms(self, alarm_names):
        gone = [self.alarms[name].alarm_arn for name in alarm_names if name in self.alarms]
        delete(self, alarm_names)
        for arn in gone:
            self.tagger.delete_all_tags_for_resource(arn)

    models.CloudWatchBackend.put_metric_alarm = put_metric_alarm
    models.CloudWatchBackend.delete_alarms = delete_alarms
