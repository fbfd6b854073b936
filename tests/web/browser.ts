/** Tests that click in pages. */
import { testWith } from '../servers/availability.ts';

export const testInBrowser = testWith('chromium');
