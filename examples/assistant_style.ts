// Demo input: code in the manner that coding assistants tend to answer with.

interface RetryOptions {
  maxAttempts?: number;
  initialDelayMs?: number;
  backoffFactor?: number;
  onRetry?: (error: Error, attempt: number) => void;
}

/**
 * Executes an asynchronous operation with exponential backoff retry logic.
 *
 * @param operation - The asynchronous operation to execute
 * @param options - Configuration options for the retry behavior
 * @returns A promise that resolves with the result of the operation
 * @throws {Error} If the operation fails after all retry attempts
 */
export async function retryWithBackoff<T>(
  operation: () => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { maxAttempts = 3, initialDelayMs = 100, backoffFactor = 2, onRetry } = options;

  // Validate the input parameters
  if (maxAttempts < 1) {
    throw new Error("maxAttempts must be at least 1");
  }

  let lastError: Error | undefined;
  let currentDelay = initialDelayMs;

  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      return await operation();
    } catch (error) {
      // Ensure that we always have a proper Error object
      lastError = error instanceof Error ? error : new Error(String(error));

      // Don't wait after the last attempt
      if (attempt < maxAttempts) {
        onRetry?.(lastError, attempt);
        await new Promise((resolve) => setTimeout(resolve, currentDelay));
        currentDelay *= backoffFactor;
      }
    }
  }

  // If we've exhausted all attempts, throw the last error
  throw lastError ?? new Error("Operation failed for an unknown reason");
}

/**
 * Groups an array of items by a key derived from each item.
 *
 * @param items - The array of items to group
 * @param getKey - A function that extracts the grouping key from an item
 * @returns A map from each key to the items that share it
 */
export function groupBy<T, K>(items: readonly T[], getKey: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();

  for (const item of items) {
    const key = getKey(item);
    const existingGroup = groups.get(key);

    if (existingGroup) {
      // Add the item to the existing group
      existingGroup.push(item);
    } else {
      // Create a new group for this key
      groups.set(key, [item]);
    }
  }

  return groups;
}

/**
 * Validates a user registration form and collects all validation errors.
 *
 * @param form - The form data to validate
 * @returns An object containing the validation status and any error messages
 */
export function validateRegistration(form: {
  username: string;
  email: string;
  password: string;
}): { isValid: boolean; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

  // Validate username
  if (!form.username || form.username.trim().length === 0) {
    errors.username = "Username is required";
  } else if (form.username.length < 3) {
    errors.username = "Username must be at least 3 characters long";
  }

  // Validate email
  if (!form.email) {
    errors.email = "Email is required";
  } else if (!emailPattern.test(form.email)) {
    errors.email = "Please enter a valid email address";
  }

  // Validate password
  if (!form.password) {
    errors.password = "Password is required";
  } else if (form.password.length < 8) {
    errors.password = "Password must be at least 8 characters long";
  }

  return {
    isValid: Object.keys(errors).length === 0,
    errors,
  };
}
