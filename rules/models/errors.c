/*
 * Errors as pointers: an error is a negative number, whatever its type. include/linux/err.h.
 */
#pragma types bool

bool IS_ERR(void *pointer) { return (long)pointer < 0; }
bool IS_ERR_OR_NULL(void *pointer) { return !pointer || (long)pointer < 0; }
bool IS_ERR_VALUE(long value) { return value < 0; }
long PTR_ERR(void *pointer) { return (long)pointer; }
void *ERR_PTR(long error) { return (void *)error; }
void *ERR_CAST(void *pointer) { return zl_same(pointer); }

int PTR_ERR_OR_ZERO(void *pointer)
{
	if ((long)pointer < 0)
		return (int)pointer;
	return 0;
}
