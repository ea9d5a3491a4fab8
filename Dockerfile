# syntax=docker/dockerfile:1
# One image for every architecture that the base image has:
#   docker buildx build --platform linux/amd64,linux/arm64,linux/ppc64le,linux/s390x --tag IMAGE --push .

# The build needs only Node and npm. It runs on the builder's own architecture, whatever the target is, because the bundle is plain
# JavaScript: nothing is emulated.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
# A Node LTS without shell or package manager, published for amd64, arm64, ppc64le and s390x. Its user is 65532, its entry point node.
ARG BASE_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN node scripts/build.mjs

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="bestie-operator" \
      org.opencontainers.image.description="Webhook of the Bestie operator, asked by Metacontroller" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY LICENSE ./
COPY --from=build /build/dist dist
ENV NODE_ENV=production
# As a number, so that the kubelet can tell that it is not root; OpenShift puts another one in its place.
USER 65532:65532
EXPOSE 8080 8081
# Node is process 1: main.cjs handles SIGTERM and SIGINT itself. Nothing is written, so the root file system may be read-only.
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["dist/main.cjs"]
