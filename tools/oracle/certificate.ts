import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Writes a self-signed certificate and its key into a folder, as a Secret of type `kubernetes.io/tls` is mounted. */
export function writeCertificate(folder: string, certificate = 'tls.crt', key = 'tls.key'): void {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const files = ['-keyout', join(folder, key), '-out', join(folder, certificate)];
  execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
}
