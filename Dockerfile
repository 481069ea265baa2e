# The function as an image that kpt and kustomize run without network, as nobody, with nothing beside it: no shell, no
# libraries. `npm run build:image` builds the program and then this, the same digest each time.
FROM scratch
ARG SOURCE=
LABEL org.opencontainers.image.title="llsd" \
      org.opencontainers.image.description="A KRM function that expands a LlamaStackDistribution into config.yaml and the Kubernetes objects that run it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.source="$SOURCE"
COPY --chmod=0644 tools/image/passwd /etc/passwd
COPY --chmod=0644 LICENSE dist/LICENSES /licenses/
COPY --chmod=0755 dist/llsd /usr/local/bin/llsd
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/llsd"]
