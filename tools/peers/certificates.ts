import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A certificate and its key, as files in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** Makes a certificate authority of its own: `<name>.crt` and `<name>.key` in the folder. */
export function makeAuthority(folder: string, name: string): KeyPair {
  return make(folder, name, ['-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
}

/** Makes the certificate of a server, signed by the authority, for these names: `DNS:vllm,IP:127.0.0.1`. */
export function makeServerCertificate(folder: string, name: string, authority: KeyPair, names: string): KeyPair {
  const { certificate, key } = authority;
  const extensions = ['basicConstraints=critical,CA:FALSE', `subjectAltName=${names}`];
  return make(folder, name, ['-CA', certificate, '-CAkey', key, ...extensions.flatMap((text) => ['-addext', text])]);
}

function make(folder: string, name: string, options: readonly string[]): KeyPair {
  const pair = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const files = ['-keyout', pair.key, '-out', pair.certificate];
  execFileSync('openssl', ['req', '-x509', ...curve, '-subj', `/CN=${name}`, ...options, ...files], { stdio: 'pipe' });
  return pair;
}
