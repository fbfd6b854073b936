/** Who imports, and when; and the context of what they give. */
import type { Instant } from '../../domain/shared/instant.ts';
import { importContext, type CommandContext, type ContextFor } from '../handling/command-context.ts';

export type Importing = { readonly contextFor: ContextFor; readonly actor: string; readonly at: Instant; readonly correlationId?: string };

/** The key says all that may differ: whatever else came with it, it is the same thing. */
export const contextOf = ({ contextFor, ...by }: Importing, type: string, key: string, happenedAt: Instant = by.at): CommandContext =>
  importContext(contextFor, { ...by, type, key, body: {}, happenedAt });
