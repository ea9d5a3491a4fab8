import { errors } from '../../src/hook/errors.ts';
import { checkTable } from '../support/markdown.ts';

describe('docs/errors.md', () => {
  it('has every error of the table, and what to do about it', () => {
    const rows = Object.entries(errors).map(([code, { status, message, action }]) => [`\`${code}\``, status, message, action]);
    checkTable('docs/errors.md', ['Code', 'Status', 'Message', 'What to do'], rows);
  });
});
