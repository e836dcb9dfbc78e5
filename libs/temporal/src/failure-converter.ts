import {
  DefaultFailureConverter,
  type FailureConverter,
  type PayloadConverter,
  type ProtoFailure,
} from '@temporalio/common';

/** What the SDKs write in place of a message that is in the encoded attributes. */
const placeholder = 'Encoded failure';

/**
 * Puts the message and stack of a failure, and of all its causes, into a payload, so that the codec encrypts them. The
 * default converter, asked to do so, leaves a cause in clear that it was given in clear.
 */
class EncodingFailureConverter extends DefaultFailureConverter {
  override errorToFailure(...input: Parameters<FailureConverter['errorToFailure']>): ProtoFailure {
    const [, payloadConverter] = input;
    return encoded(super.errorToFailure(...input), payloadConverter);
  }
}

/** A copy: the failure may belong to an error that is converted once more. */
function encoded(failure: ProtoFailure, payloadConverter: PayloadConverter): ProtoFailure {
  const { message, stackTrace, cause } = failure;
  const copy = { ...failure, ...(cause ? { cause: encoded(cause, payloadConverter) } : {}) };
  if (message === placeholder && failure.encodedAttributes) return copy;
  return {
    ...copy,
    message: placeholder,
    stackTrace: '',
    encodedAttributes: payloadConverter.toPayload({ message, stack_trace: stackTrace }),
  };
}

/** The SDK loads this module by its path, also into the sandbox of workflows, and takes this export. */
export const failureConverter: FailureConverter = new EncodingFailureConverter();
