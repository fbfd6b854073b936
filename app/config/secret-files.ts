/** Secrets from files: the setting `X` may be given as `X_FILE`, as Docker and Kubernetes mount them, so that no environment has it. */
import { readFileSync } from 'node:fs';
import { SECRETS_OF_LINES } from './senders/sender-settings.ts';
import { SECRET_SETTINGS, settingsSchema } from './settings.ts';

const SUFFIX = '_FILE';

export type WithSecrets = { readonly values: Readonly<Record<string, string>>; readonly faults: readonly string[] };

/** Puts the first line of each such file, or all lines where a secret has several, in the place of the setting that names it. */
export function readSecretFiles(given: Readonly<Record<string, string>>): WithSecrets {
  const values: Record<string, string> = { ...given };
  const faults: string[] = [];
  for (const [name, file] of Object.entries(given)) {
    const setting = name.slice(0, -SUFFIX.length);
    if (!name.endsWith(SUFFIX) || name in settingsSchema.shape || !SECRET_SETTINGS.has(setting)) continue;
    delete values[name];
    if (setting in given) {
      faults.push(`${name}: expected either this or ${setting}, got both`);
      continue;
    }
    try {
      const text = readFileSync(file, 'utf8');
      const [line = ''] = text.split(/\r?\n/, 1);
      if (line === '') faults.push(`${name}: expected a file whose first line is the secret, and ${JSON.stringify(file)} begins with an empty one`);
      else values[setting] = SECRETS_OF_LINES.some((secret) => secret === setting) ? text : line;
    } catch (error) {
      faults.push(`${name}: expected a file that can be read, and ${JSON.stringify(file)} can’t be: ${reasonOf(error)}`);
    }
  }
  return { values, faults };
}

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'there is none', EACCES: 'permission is missing', EISDIR: 'it is a folder' };

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `the system refuses it (${code})`;
}
