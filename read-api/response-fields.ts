/** Fields of responses: they are described, and not parsed again. */
import { z } from 'zod';
import 'zod-openapi'; // its extensions of `meta`
import { EXAMPLE } from '../edge/examples.ts';

export const idField = (description: string, example: string) => z.string().meta({ description, examples: [example] });

export const timeField = (description: string) => z.string().meta({ description: `${description} In UTC, in ISO 8601.`, examples: [EXAMPLE.at] });
/** The description says what null means. */
export const optionalTimeField = (description: string) =>
  timeField(description)
    .nullable()
    .meta({ description, examples: [EXAMPLE.at] });

export const seqField = (description: string) => z.int().meta({ description, examples: [41] });
/** The description says what null means. */
export const optionalSeqField = (description: string) =>
  z
    .int()
    .nullable()
    .meta({ description, examples: [41] });
