# Connections that are passed on as they come.
# The cluster's own load balancer does it; kubernetes/users.yaml says how.
