/* A PKCS#11 driver that stands before another one and behaves as tokens do that SoftHSM does not:
 * it counts PIN tries and locks, is pulled out, lacks mechanisms, has a PIN pad. It is told by the environment:
 *
 * STANDIN_DRIVER  the driver behind
 * STANDIN_LOG     a file that gets one line per C_Login: user type, result
 * STANDIN_TRIES   a file that holds how many tries are left, one digit
 * STANDIN_PULL    after so many signatures the token is gone
 * STANDIN_LACKS   a mechanism (decimal) that is not there
 * STANDIN_FLAGS   token flags (decimal) that are set
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ck;
enum { TOKEN_INFO = 6, MECHANISMS = 7, LOGIN = 18, SIGN = 43, COUNT = 68 };
enum { PIN_INCORRECT = 0xa0, PIN_LOCKED = 0xa4, DEVICE_REMOVED = 0x32, TOKEN_NOT_PRESENT = 0xe0 };
enum { FLAGS_AT = 96, COUNT_LOW = 0x10000, FINAL_TRY = 0x20000, LOCKED = 0x40000 };

static struct { unsigned char version[sizeof(void *)]; void *functions[COUNT]; } real, ours;
static long signatures;

static long number(const char *name) {
    const char *value = getenv(name);
    return value ? atol(value) : -1;
}

static int is_pulled(void) {
    long limit = number("STANDIN_PULL");
    return limit >= 0 && signatures > limit;
}

static int tries(void) {
    const char *path = getenv("STANDIN_TRIES");
    FILE *file = path ? fopen(path, "r") : NULL;
    int left = file ? fgetc(file) - '0' : 9;
    if (file) fclose(file);
    return left;
}

static ck token_info(ck slot, unsigned char *info) {
    if (is_pulled()) return TOKEN_NOT_PRESENT;
    ck rv = ((ck (*)(ck, unsigned char *))real.functions[TOKEN_INFO])(slot, info);
    ck flags;
    memcpy(&flags, info + FLAGS_AT, sizeof flags);
    if (number("STANDIN_FLAGS") > 0) flags |= (ck)number("STANDIN_FLAGS");
    if (tries() < 3) flags |= COUNT_LOW;
    if (tries() == 1) flags |= FINAL_TRY;
    if (tries() == 0) flags |= LOCKED;
    memcpy(info + FLAGS_AT, &flags, sizeof flags);
    return rv;
}

static ck mechanisms(ck slot, ck *list, ck *count) {
    ck rv = ((ck (*)(ck, ck *, ck *))real.functions[MECHANISMS])(slot, list, count);
    for (ck at = 0; list && rv == 0 && at < *count; at++)
        if (list[at] == (ck)number("STANDIN_LACKS")) list[at] = list[--*count];
    return rv;
}

static ck login(ck session, ck user, unsigned char *pin, ck length) {
    ck rv = PIN_LOCKED;
    int left = tries();
    if (left > 0) rv = ((ck (*)(ck, ck, unsigned char *, ck))real.functions[LOGIN])(session, user, pin, length);
    FILE *file;
    if (rv == PIN_INCORRECT && getenv("STANDIN_TRIES") && (file = fopen(getenv("STANDIN_TRIES"), "w"))) {
        fputc('0' + left - 1, file);
        fclose(file);
    }
    if (getenv("STANDIN_LOG") && (file = fopen(getenv("STANDIN_LOG"), "a"))) {
        fprintf(file, "%lu %lx\n", user, rv);
        fclose(file);
    }
    return rv;
}

static ck sign(ck session, unsigned char *data, ck length, unsigned char *value, ck *value_length) {
    if (value) signatures++;
    if (is_pulled()) return DEVICE_REMOVED;
    return ((ck (*)(ck, unsigned char *, ck, unsigned char *, ck *))real.functions[SIGN])(
        session, data, length, value, value_length);
}

ck C_GetFunctionList(void **list) {
    void *driver = dlopen(getenv("STANDIN_DRIVER"), RTLD_NOW);
    void *found;
    if (!driver || ((ck (*)(void **))dlsym(driver, "C_GetFunctionList"))(&found)) return 5;
    memcpy(&real, found, sizeof real);
    ours = real;
    ours.functions[TOKEN_INFO] = token_info;
    ours.functions[MECHANISMS] = mechanisms;
    ours.functions[LOGIN] = login;
    ours.functions[SIGN] = sign;
    *list = &ours;
    return 0;
}
