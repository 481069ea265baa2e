import { decodeBase64 } from './base64.ts';
import { isCertificate } from './der.ts';

/** What a text of PEM blocks holds; text around the blocks is comment. */
export interface Certificates {
  /** The certificates in order, each as a block with lines of 64 characters and a line end behind it. */
  readonly certificates: readonly string[];
  /** The labels of other blocks, which trust nobody: `X509 CRL`, `PRIVATE KEY`. */
  readonly others: readonly string[];
  /** What is wrong, each with its line: `line 3: …`. */
  readonly faults: readonly string[];
}

/** Reads the certificates of a PEM text. */
export function readCertificates(text: string): Certificates {
  const certificates: string[] = [];
  const others: string[] = [];
  const faults: string[] = [];
  for (const block of blocksOf(text, faults)) {
    if (block.label !== 'CERTIFICATE') others.push(block.label);
    else {
      const bytes = decodeBase64(block.body);
      if (bytes !== undefined && isCertificate(bytes)) certificates.push(encode(block.body));
      else faults.push(`line ${String(block.line)}: this is not a whole X.509 certificate in base64`);
    }
  }
  return { certificates, others, faults };
}

interface Block {
  readonly label: string;
  /** The line of `-----BEGIN`, from 1. */
  readonly line: number;
  /** The text between, without blanks. */
  readonly body: string;
}

function blocksOf(text: string, faults: string[]): Block[] {
  const blocks: Block[] = [];
  let open: { readonly label: string; readonly line: number; readonly body: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const at = `line ${String(index + 1)}`;
    const { edge, label = '' } = /^-----(?<edge>BEGIN|END) (?<label>[^-]+)-----\s*$/.exec(line)?.groups ?? {};
    if (edge === undefined && /-----(?:BEGIN|END) /.test(line)) {
      faults.push(`${at}: BEGIN and END must each fill a line that is not indented (a text under \`|\`, not \`>\`)`);
      return blocks;
    }
    if (edge === 'BEGIN') {
      if (open !== undefined) faults.push(`line ${String(open.line)}: this block has no END`);
      open = { label, line: index + 1, body: [] };
    } else if (edge === 'END') {
      if (open?.label === label) blocks.push({ ...open, body: open.body.join('').replace(/\s+/g, '') });
      else faults.push(`${at}: this END has no BEGIN`);
      open = undefined;
    } else open?.body.push(line);
  }
  if (open !== undefined) faults.push(`line ${String(open.line)}: this block has no END`);
  return blocks;
}

function encode(body: string): string {
  const lines = body.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
