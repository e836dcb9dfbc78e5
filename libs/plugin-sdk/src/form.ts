/** A form with files (RFC 7578) as it is sent: only the platform's own encoder knows the boundary it has chosen. */
export async function encodedForm(form: FormData): Promise<{ contentType: string; body: Uint8Array }> {
  const response = new Response(form);
  return {
    contentType: response.headers.get('content-type') ?? 'multipart/form-data',
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
