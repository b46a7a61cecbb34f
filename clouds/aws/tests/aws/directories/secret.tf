variable "token" {
  type      = string
  sensitive = true
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_ssm_parameter" "token" {
  name  = "/provision/orders/token"
  type  = "SecureString"
  value = var.token
}

resource "aws_launch_template" "one" {
  name          = "orders-one"
  image_id      = "ami-12345678"
  instance_type = "t3.medium"
  user_data     = base64encode("#!/bin/sh\n# known-text-in-user-data ${var.token}")
}
