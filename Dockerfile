# The binary alone, for CI systems:
#
#     docker build -t provision .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" provision validate provision.yaml
#
# It needs no network, no account and no right beyond the folder that it works in, unless a cloud is asked for. Building it
# takes 8 GB of memory for the clouds' SDKs; `--no-default-features` leaves them out.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p provision-cli --bin provision

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/target/release/provision /usr/local/bin/provision
# Said again, so that a reader and a scanner needn't know the base: nobody in particular.
USER nonroot:nonroot
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/provision"]
CMD ["--help"]
