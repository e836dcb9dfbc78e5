/** How results name this generator. */
export const generator = { id: 'builtin', version: '0.1.0' } as const;
