# search-data-0, in eu-west-1a. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_data_0" {
  subnet_id       = aws_subnet.private_a.id
  description     = "Address of search-data-0"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-data-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_data_0"
  }
}

resource "aws_ebs_volume" "search_data_0" {
  availability_zone = "eu-west-1a"
  type              = "gp3"
  size              = 200
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-data-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_data_0"
  }
}

resource "aws_launch_template" "search_data_0" {
  name                   = "orders-search-data-0"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/search-data/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-data-0"
      "provision:deployment" = "orders"
      "provision:component"  = "search-data"
      "provision:instance"   = "0"
    }
  }

  tags = {
    "Name"                 = "orders-search-data-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_data_0"
  }
}

resource "aws_instance" "search_data_0" {
  launch_template {
    id      = aws_launch_template.search_data_0.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_data_0.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_data.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-data-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_data_0"
    "provision:component"  = "search-data"
    "provision:instance"   = "0"
  }
}

resource "aws_volume_attachment" "search_data_0" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_data_0.id
  volume_id                      = aws_ebs_volume.search_data_0.id
  stop_instance_before_detaching = true
}

# search-data-1, in eu-west-1b. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_data_1" {
  subnet_id       = aws_subnet.private_b.id
  description     = "Address of search-data-1"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-data-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_data_1"
  }
}

resource "aws_ebs_volume" "search_data_1" {
  availability_zone = "eu-west-1b"
  type              = "gp3"
  size              = 200
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-data-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_data_1"
  }
}

resource "aws_launch_template" "search_data_1" {
  name                   = "orders-search-data-1"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/search-data/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-data-1"
      "provision:deployment" = "orders"
      "provision:component"  = "search-data"
      "provision:instance"   = "1"
    }
  }

  tags = {
    "Name"                 = "orders-search-data-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_data_1"
  }
}

resource "aws_instance" "search_data_1" {
  launch_template {
    id      = aws_launch_template.search_data_1.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_data_1.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_data.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-data-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_data_1"
    "provision:component"  = "search-data"
    "provision:instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [aws_instance.search_data_0]
}

resource "aws_volume_attachment" "search_data_1" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_data_1.id
  volume_id                      = aws_ebs_volume.search_data_1.id
  stop_instance_before_detaching = true
}

# search-data-2, in eu-west-1c. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_data_2" {
  subnet_id       = aws_subnet.private_c.id
  description     = "Address of search-data-2"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-data-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_data_2"
  }
}

resource "aws_ebs_volume" "search_data_2" {
  availability_zone = "eu-west-1c"
  type              = "gp3"
  size              = 200
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-data-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_data_2"
  }
}

resource "aws_launch_template" "search_data_2" {
  name                   = "orders-search-data-2"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/search-data/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-data-2"
      "provision:deployment" = "orders"
      "provision:component"  = "search-data"
      "provision:instance"   = "2"
    }
  }

  tags = {
    "Name"                 = "orders-search-data-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_data_2"
  }
}

resource "aws_instance" "search_data_2" {
  launch_template {
    id      = aws_launch_template.search_data_2.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_data_2.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_data.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-data-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_data_2"
    "provision:component"  = "search-data"
    "provision:instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [aws_instance.search_data_1]
}

resource "aws_volume_attachment" "search_data_2" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_data_2.id
  volume_id                      = aws_ebs_volume.search_data_2.id
  stop_instance_before_detaching = true
}

# search-master-0, in eu-west-1a. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_master_0" {
  subnet_id       = aws_subnet.private_a.id
  description     = "Address of search-master-0"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-master-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_master_0"
  }
}

resource "aws_ebs_volume" "search_master_0" {
  availability_zone = "eu-west-1a"
  type              = "gp3"
  size              = 20
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-master-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_master_0"
  }
}

resource "aws_launch_template" "search_master_0" {
  name                   = "orders-search-master-0"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/search-master/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-master-0"
      "provision:deployment" = "orders"
      "provision:component"  = "search-master"
      "provision:instance"   = "0"
    }
  }

  tags = {
    "Name"                 = "orders-search-master-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_master_0"
  }
}

resource "aws_instance" "search_master_0" {
  launch_template {
    id      = aws_launch_template.search_master_0.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_master_0.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_master.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-master-0"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_master_0"
    "provision:component"  = "search-master"
    "provision:instance"   = "0"
  }
}

resource "aws_volume_attachment" "search_master_0" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_master_0.id
  volume_id                      = aws_ebs_volume.search_master_0.id
  stop_instance_before_detaching = true
}

# search-master-1, in eu-west-1b. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_master_1" {
  subnet_id       = aws_subnet.private_b.id
  description     = "Address of search-master-1"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-master-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_master_1"
  }
}

resource "aws_ebs_volume" "search_master_1" {
  availability_zone = "eu-west-1b"
  type              = "gp3"
  size              = 20
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-master-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_master_1"
  }
}

resource "aws_launch_template" "search_master_1" {
  name                   = "orders-search-master-1"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/search-master/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-master-1"
      "provision:deployment" = "orders"
      "provision:component"  = "search-master"
      "provision:instance"   = "1"
    }
  }

  tags = {
    "Name"                 = "orders-search-master-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_master_1"
  }
}

resource "aws_instance" "search_master_1" {
  launch_template {
    id      = aws_launch_template.search_master_1.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_master_1.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_master.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-master-1"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_master_1"
    "provision:component"  = "search-master"
    "provision:instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [aws_instance.search_master_0]
}

resource "aws_volume_attachment" "search_master_1" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_master_1.id
  volume_id                      = aws_ebs_volume.search_master_1.id
  stop_instance_before_detaching = true
}

# search-master-2, in eu-west-1c. Its address and its disk outlive the machine.

resource "aws_network_interface" "search_master_2" {
  subnet_id       = aws_subnet.private_c.id
  description     = "Address of search-master-2"
  security_groups = [aws_security_group.search.id]

  tags = {
    "Name"                 = "orders-search-master-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_network_interface.search_master_2"
  }
}

resource "aws_ebs_volume" "search_master_2" {
  availability_zone = "eu-west-1c"
  type              = "gp3"
  size              = 20
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "orders-search-master-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ebs_volume.search_master_2"
  }
}

resource "aws_launch_template" "search_master_2" {
  name                   = "orders-search-master-2"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/search-master/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-search-master-2"
      "provision:deployment" = "orders"
      "provision:component"  = "search-master"
      "provision:instance"   = "2"
    }
  }

  tags = {
    "Name"                 = "orders-search-master-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.search_master_2"
  }
}

resource "aws_instance" "search_master_2" {
  launch_template {
    id      = aws_launch_template.search_master_2.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.search_master_2.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.search_master.name

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name"                 = "orders-search-master-2"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_instance.search_master_2"
    "provision:component"  = "search-master"
    "provision:instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [aws_instance.search_master_1]
}

resource "aws_volume_attachment" "search_master_2" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.search_master_2.id
  volume_id                      = aws_ebs_volume.search_master_2.id
  stop_instance_before_detaching = true
}

# What the machines read at boot.

resource "aws_ssm_parameter" "search_addresses" {
  name  = "/provision/orders/search/addresses"
  type  = "String"
  value = "http://${aws_network_interface.search_data_0.private_ip}:9200,http://${aws_network_interface.search_data_1.private_ip}:9200,http://${aws_network_interface.search_data_2.private_ip}:9200"

  tags = {
    "Name"                 = "orders-search/addresses"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.search_addresses"
  }
}

resource "aws_ssm_parameter" "search_seeds" {
  name  = "/provision/orders/search/seeds"
  type  = "String"
  value = "${aws_network_interface.search_master_0.private_ip}:9300,${aws_network_interface.search_master_1.private_ip}:9300,${aws_network_interface.search_master_2.private_ip}:9300"

  tags = {
    "Name"                 = "orders-search/seeds"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.search_seeds"
  }
}
