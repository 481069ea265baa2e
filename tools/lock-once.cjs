// Runs dist/llsd.cjs once as `llsd lock`, over a package of one CR and a registry of its own, and keeps in
// dist/llsd-registry.cache what V8 compiled of the registry client on the way; for `tools/build.mjs`.

const { createHash } = require('node:crypto');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const folder = mkdtempSync(join(tmpdir(), 'llsd-build-'));
Object.assign(process.env, { XDG_CACHE_HOME: join(folder, 'cache'), DOCKER_CONFIG: join(folder, 'docker') });

const config = JSON.stringify({
  config: { Labels: { 'io.llamastack.config.base64': Buffer.from('version: 2').toString('base64') } },
});
const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
const manifest = JSON.stringify({ schemaVersion: 2, config: { digest, size: config.length }, layers: [] });

const server = createServer(({ url }, response) => {
  response.end(url.includes('/manifests/') ? manifest : config);
});
server.listen(0, '127.0.0.1', () => {
  server.unref();
  const image = `127.0.0.1:${server.address().port}/build/distribution-starter:0.7.1`;
  writeFileSync(
    join(folder, 'stack.yaml'),
    `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: build\nspec:\n  distribution:\n    image: ${image}\n`,
  );
  process.argv.splice(2, Infinity, 'lock', folder);
  require(resolve('dist/llsd.cjs'));
});
process.on('exit', () => {
  writeFileSync(
    resolve('dist/llsd-registry.cache'),
    require(resolve('dist/llsd-registry.cjs')).script.createCachedData(),
  );
  rmSync(folder, { recursive: true });
});
