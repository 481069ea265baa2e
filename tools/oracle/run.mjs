// Runs a TypeScript program of this repository as it is: `node tools/oracle/run.mjs tools/oracle/main.ts ARGUMENT…`.

import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const [program, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], program, ...args];
const server = await createViteServer({
  configFile: fileURLToPath(new URL('../../vitest.config.ts', import.meta.url)),
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  logLevel: 'warn',
});
try {
  await server.ssrLoadModule(`/${program}`);
} finally {
  await server.close();
}
