import text035 from './data/0.3.5.json?raw';
import text045 from './data/0.4.5.json?raw';
import text052 from './data/0.5.2.json?raw';
import text061 from './data/0.6.1.json?raw';
import text071 from './data/0.7.1.json?raw';
import text080 from './data/0.8.0.json?raw';
import metaReferenceGpu045 from './data/meta-reference-gpu-0.4.5.json?raw';
import postgresDemo071 from './data/postgres-demo-0.7.1.json?raw';
import rh045 from './data/rh-0.4.5.json?raw';
import rh071 from './data/rh-0.7.1.json?raw';
import starter035 from './data/starter-0.3.5.json?raw';
import starter045 from './data/starter-0.4.5.json?raw';
import starter052 from './data/starter-0.5.2.json?raw';
import starter061 from './data/starter-0.6.1.json?raw';
import starter071 from './data/starter-0.7.1.json?raw';
import starter080 from './data/starter-0.8.0.json?raw';
import starterGpu061 from './data/starter-gpu-0.6.1.json?raw';

/** What each file of `data` holds, by its name without `.json`. */
const texts: Readonly<Record<string, string>> = {
  '0.3.5': text035,
  '0.4.5': text045,
  '0.5.2': text052,
  '0.6.1': text061,
  '0.7.1': text071,
  '0.8.0': text080,
  'meta-reference-gpu-0.4.5': metaReferenceGpu045,
  'postgres-demo-0.7.1': postgresDemo071,
  'rh-0.4.5': rh045,
  'rh-0.7.1': rh071,
  'starter-0.3.5': starter035,
  'starter-0.4.5': starter045,
  'starter-0.5.2': starter052,
  'starter-0.6.1': starter061,
  'starter-0.7.1': starter071,
  'starter-0.8.0': starter080,
  'starter-gpu-0.6.1': starterGpu061,
};

/**
 * The JSON text of a release's data or of a distribution's: `0.7.1`, `starter-0.7.1`. The static program holds the texts
 * outside of its engine, so that a run takes in only those that it asks for (`fn/static/system.ts`).
 */
export function textOf(name: string): string {
  const text = texts[name];
  if (text === undefined) throw new Error(`there is no data "${name}"`);
  return text;
}
