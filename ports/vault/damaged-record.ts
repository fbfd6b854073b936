import { VaultDamaged } from './port.ts';

export const VAULT_REMEDY = 'Restore its newest backup: its records can’t be rebuilt.';

/** Names the kind and no id, for logs tell of nobody. */
export const damagedRecord = (kind: string): VaultDamaged =>
  new VaultDamaged(`A record of the vault, of the kind ${kind}, isn’t what was written. ${VAULT_REMEDY}`);
