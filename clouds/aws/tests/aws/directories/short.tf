resource "aws_subnet" "nowhere" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1x"
  cidr_block        = "10.0.96.0/19"
}

resource "aws_subnet" "c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1c"
  cidr_block        = "10.0.128.0/19"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_eip" "one" {
  domain = "vpc"
}

resource "aws_eip" "two" {
  domain = "vpc"
}

resource "aws_nat_gateway" "one" {
  allocation_id = aws_eip.one.id
  subnet_id     = aws_subnet.a.id
}

resource "aws_launch_template" "server" {
  name          = "orders-server"
  image_id      = "ami-12345678"
  instance_type = "c8a.large"
}

resource "aws_autoscaling_group" "server" {
  name                = "orders-server"
  vpc_zone_identifier = [aws_subnet.a.id, aws_subnet.c.id]
  min_size            = 2
  max_size            = 4
  desired_capacity    = 3

  launch_template {
    id      = aws_launch_template.server.id
    version = "$Latest"
  }
}

resource "aws_launch_template" "spare" {
  name          = "orders-spare"
  image_id      = "ami-12345678"
  instance_type = "m99.large"
}

resource "aws_lb" "main" {
  name               = "orders"
  load_balancer_type = "application"
  internal           = true
  subnets            = [aws_subnet.a.id, aws_subnet.b.id]
}

resource "aws_lb_target_group" "server" {
  name        = "orders-server"
  port        = 8080
  protocol    = "HTTP"
  target_type = "instance"
  vpc_id      = aws_vpc.main.id
}

resource "aws_db_subnet_group" "main" {
  name       = "orders"
  subnet_ids = [aws_subnet.a.id, aws_subnet.c.id]
}

resource "aws_db_instance" "main" {
  identifier           = "orders"
  engine               = "postgres"
  engine_version       = "16"
  instance_class       = "db.c8a.large"
  multi_az             = true
  allocated_storage    = 20
  db_subnet_group_name = aws_db_subnet_group.main.name
}
