// Package inventory is demo input: careful, commented code in the way that coding assistants tend to write it.
package inventory

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// Item is something in stock.
type Item struct {
	Name     string
	Category string
	Quantity int
}

// ValidationError says what is wrong with a field.
type ValidationError struct {
	Field   string
	Message string
}

// RetryWithBackoff runs the operation until it succeeds or the attempts are used up.
func RetryWithBackoff(ctx context.Context, maxAttempts int, initialDelay time.Duration, operation func(context.Context) error) error {
	// Validate the input parameters
	if maxAttempts < 1 {
		return fmt.Errorf("maxAttempts must be at least 1, got %d", maxAttempts)
	}
	if operation == nil {
		return errors.New("operation cannot be nil")
	}

	var lastErr error
	currentDelay := initialDelay

	for attempt := 1; attempt <= maxAttempts; attempt++ {
		// Try the operation
		if err := operation(ctx); err == nil {
			return nil
		} else {
			lastErr = err
		}

		// Don't wait after the last attempt
		if attempt == maxAttempts {
			break
		}

		// Wait before retrying, respecting context cancellation
		select {
		case <-ctx.Done():
			return fmt.Errorf("operation cancelled: %w", ctx.Err())
		case <-time.After(currentDelay):
			currentDelay *= 2
		}
	}

	// All attempts have been exhausted
	return fmt.Errorf("operation failed after %d attempts: %w", maxAttempts, lastErr)
}

// GroupByCategory groups the items by category and sorts each group by name.
func GroupByCategory(items []Item) map[string][]Item {
	// Handle empty input gracefully
	if len(items) == 0 {
		return map[string][]Item{}
	}

	grouped := make(map[string][]Item)
	for _, item := range items {
		// Normalize the category to ensure consistent grouping
		category := strings.ToLower(strings.TrimSpace(item.Category))
		if category == "" {
			category = "uncategorized"
		}
		grouped[category] = append(grouped[category], item)
	}

	// Sort each group for deterministic output
	for _, group := range grouped {
		sort.Slice(group, func(i, j int) bool {
			return group[i].Name < group[j].Name
		})
	}

	return grouped
}

// ValidateItem checks that all required fields are present and valid.
func ValidateItem(item *Item) []ValidationError {
	var validationErrors []ValidationError

	// Check for nil item
	if item == nil {
		return []ValidationError{{Field: "item", Message: "item cannot be nil"}}
	}

	// Validate required fields
	if strings.TrimSpace(item.Name) == "" {
		validationErrors = append(validationErrors, ValidationError{
			Field:   "name",
			Message: "name is required",
		})
	}

	// Validate the quantity range
	if item.Quantity < 0 {
		validationErrors = append(validationErrors, ValidationError{
			Field:   "quantity",
			Message: fmt.Sprintf("quantity must be non-negative, got %d", item.Quantity),
		})
	}

	return validationErrors
}
