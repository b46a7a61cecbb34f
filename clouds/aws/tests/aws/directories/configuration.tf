resource "aws_msk_configuration" "main" {
  name              = "orders"
  kafka_versions    = ["3.9.x.kraft"]
  server_properties = <<-EOT
    num.partitions=3
  EOT
}
