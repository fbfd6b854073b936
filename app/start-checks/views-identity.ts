/**
 * The views know their installation, by the fingerprint of its vault: positions of one log mean nothing in another, so views that are
 * found beside the wrong log would answer with what others wrote. The first start marks them; a start beside others is refused.
 */
import type { Vault } from '../../ports/vault/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { CannotStart } from '../cannot-start.ts';
import { fingerprintOf } from './vault-identity.ts';

type Dependencies = { readonly vault: Vault; readonly views: Pick<ViewStore, 'identity' | 'adopt'> };

/** `replacing`: the vault has just taken the place of the one that these views know. Throws `CannotStart`. */
export async function adoptViews({ vault, views }: Dependencies, { adoption = 'first' }: { readonly adoption?: 'first' | 'replacing' } = {}): Promise<void> {
  const fingerprint = await fingerprintOf(vault);
  const known = await views.identity();
  if (known === fingerprint) return;
  const isAdopted = (known === undefined || adoption === 'replacing') && (await views.adopt(fingerprint, { replaces: known })) === fingerprint;
  if (!isAdopted) throw new CannotStart(REFUSAL);
}

const REFUSAL =
  'The views are of another installation than the vault and the log: people would be shown what others wrote. ' +
  'Name their own database with TIDINGS_MONGODB_URL or TIDINGS_MONGODB_DATABASE, or their own folder with --data or TIDINGS_DATA; ' +
  'or delete the views (views.sqlite, or that database), which are then built again from the log.';
