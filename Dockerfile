# Beadle and the IM server, in one image.
#   docker build -t beadle .
# Debian rather than Alpine: SQLite comes as a native library for either, but this is the C library that all tests run on.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# npm installs SQLite for both C libraries, 10 MB each.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@libsql/*-musl*

FROM node:22-slim
LABEL org.opencontainers.image.title="Beadle" \
      org.opencontainers.image.description="Chat bots and automation for JMessage, with an IM server of its own" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    BEADLE_LISTEN=0.0.0.0:7071 \
    BEADLE_PLUGINS=/app/plugins
# `beadle` is for people: docker exec NAME beadle dead list
RUN mkdir /var/lib/beadle && chown 1000:1000 /var/lib/beadle && ln -s /app/bin/beadle.js /usr/local/bin/beadle
COPY package.json LICENSE /app/
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY bin /app/bin
COPY plugins /app/plugins
# To be covered by your own: a volume, a ConfigMap, or COPY in an image made FROM this one.
COPY deploy/config /etc/beadle
WORKDIR /etc/beadle
# By number, so that Kubernetes sees that it is not root.
USER 1000:1000
EXPOSE 7071
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=9 \
  CMD ["node", "-e", "require('http').get('http://' + process.env.BEADLE_LISTEN + '/healthz', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/beadle.js"]
CMD ["start"]
