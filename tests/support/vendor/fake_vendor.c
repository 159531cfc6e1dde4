/* A vendor's library as one gets it: synchronous, chatty, and fatal on request. The APDU 80 EE <deed> 00 asks for a misdeed. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_open, has_power, calls;

int device_open(void) {
    calls = 1;
    if (getenv("FAKE_VENDOR_CRASH"))
        raise(SIGSEGV);
    puts("device_open: customer 6222000000000000");
    is_open = 1;
    return 0;
}

int device_close(void) {
    calls++;
    is_open = 0;
    return 0;
}

int device_version(char *text) {
    calls++;
    strcpy(text, "FakeVendor 1.0");
    return is_open ? 0 : -9;
}

int device_beep(int ms) {
    calls++;
    return ms > 0 ? 0 : -7;
}

int open_card(int slot, unsigned char *atr, int *size) {
    static const unsigned char ATR[] = {0x3B, 0x80, 0x01, 0x81};
    calls++;
    if (slot != 0 || *size < (int)sizeof ATR)
        return -1;
    memcpy(atr, ATR, sizeof ATR);
    *size = sizeof ATR;
    has_power = 1;
    return 0;
}

int close_card(int slot) {
    calls++;
    has_power = 0;
    return 0;
}

/* write where the bridge's own lines go: to every descriptor that is there */
static void forge(const char *line, int size) {
    for (int fd = 3; fd < 16; fd++)
        if (write(fd, line, size) < 0)
            continue;
}

static void wait_for_ever(void) {
    for (;;)
        pause();
}

static int misdeed(int deed, unsigned char *response, int *size) {
    pid_t child;
    switch (deed) {
    case 1: /* crash */
        *(volatile int *)0 = 0;
        return 0;
    case 2: /* hang */
        wait_for_ever();
    case 3: /* leak */
        for (;;) {
            char *held = malloc(1 << 20);
            if (!held)
                abort();
            memset(held, 0xFF, 1 << 20);
        }
    case 4: /* garbage */
        *size = -5;
        return 0;
    case 5: /* chatter on every descriptor that it finds */
        for (int fd = 1; fd < 16; fd++)
            if (write(fd, "no answer at all\n", 17) < 0)
                continue;
        *size = 2;
        return 0;
    case 6: /* leave */
        exit(3);
    case 7: /* leave a child behind */
        if (fork() == 0)
            wait_for_ever();
        raise(SIGSEGV);
    case 8: { /* answer by itself, and be gone */
        char line[64];
        forge(line, snprintf(line, sizeof line, "{\"id\":%d,\"outs\":[\"kAA=\"]}\n", calls));
        _exit(0);
    }
    case 9: /* flood whatever is open */
        for (;;) {
            write(1, "spam ", 5);
            write(2, "spam ", 5);
            forge("spam spam spam spam ", 20);
        }
    case 10: /* leave a child behind that has left our group, and holds all that we had */
        if ((child = fork()) == 0) {
            setsid();
            wait_for_ever();
        }
        while (getpgid(child) == getpgrp()) /* or it ends with us */
            ;
        raise(SIGSEGV);
    case 11: /* be deaf */
        for (int number = 1; number < 32; number++)
            signal(number, SIG_IGN);
        wait_for_ever();
    case 12: /* an answer within an answer within an answer */
        forge("{\"x\":", 5);
        for (int depth = 0; depth < 100000; depth++)
            forge("[", 1);
        forge("\n", 1);
        wait_for_ever();
    case 13: { /* look for what the host has to say */
        char byte;
        if (read(0, &byte, 1) != 0)
            return -8;
        memcpy(response, "\x90\x00", 2);
        *size = 2;
        return 0;
    }
    }
    return -4;
}

int card_APDU(int slot, const unsigned char *command, int length, unsigned char *response, int *size) {
    calls++;
    if (!has_power)
        return -5;
    if (length == 4 && command[0] == 0x80 && command[1] == 0xEE)
        return misdeed(command[2], response, size);
    if (command[1] == 0xC0) { /* GET RESPONSE: as many bytes as asked for */
        int count = command[4];
        memset(response, 0x5A, count);
        memcpy(response + count, "\x90\x00", 2);
        *size = count + 2;
        return 0;
    }
    if (command[1] == 0xB2 && (length < 5 || command[length - 1] != 3)) {
        memcpy(response, "\x6C\x03", 2);
    } else if (command[1] == 0xA4) {
        memcpy(response, "\x61\x04", 2);
    } else {
        memcpy(response, "\x90\x00", 2);
    }
    *size = 2;
    return 0;
}
