import { createServer } from 'node:net';

/**
 * A port of the loopback address that nothing listens on. It is none of those that Linux gives to whoever asks for any
 * (32768 and above), which another program could get before a slow server listens, nor of those that boot.py gives.
 */
export async function freePort(): Promise<number> {
  let port: number;
  do port = 20_000 + Math.floor(Math.random() * 12_000);
  while (!(await isFree(port)));
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
