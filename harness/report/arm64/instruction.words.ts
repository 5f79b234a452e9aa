/** Instructions of kernels and what GNU objdump 2.40 prints for them, targets apart: those are relative here. */
export const WORDS = `
5e164338 .inst 0x5e164338
5ac020d0 abs w16, w6
1a090042 adc w2, w2, w9
3a0e01c1 adcs w1, w14, w14
11000421 add w1, w1, #0x1
91016000 add x0, x0, #0x58
8b22c020 add x0, x1, w2, sxtw
8b22d020 add x0, x1, w2, sxtw #4
8b020c20 add x0, x1, x2, lsl #3
8b226020 add x0, x1, x2, uxtx
91343442 add x2, x2, #0xd0d
913262b5 add x21, x21, #0xc98
910032f6 add x22, x23, #0xc
91378318 add x24, x24, #0xde0
91b41ffc addg x28, sp, #0x340, #0x7
b1000484 adds x4, x4, #0x1
10000001 adr x1, .+0x0
f0003035 adrp x21, .+0x607000
12002413 and w19, w0, #0x3ff
12005c34 and w20, w1, #0xffffff
92405c21 and x1, x1, #0xffffff
92402661 and x1, x19, #0x3ff
92407e74 and x20, x19, #0xffffffff
927ffa94 and x20, x20, #0xfffffffffffffffe
6a020013 ands w19, w0, w2
9ac62800 asr x0, x0, x6
d5087814 at s1e1r, x20
d503219f autia1716
d50323bf autiasp
d503239f autiaz
d50321df autib1716
d50323ff autibsp
d50323df autibz
d500405f axflag
1413e021 b .+0x4f8084
54fffe63 b.cc .-0x34
54000202 b.cs .+0x40
54000380 b.eq .+0x70
540001aa b.ge .+0x34
540001cc b.gt .+0x38
54000288 b.hi .+0x50
5400016d b.le .+0x2c
54000129 b.ls .+0x24
540000cb b.lt .+0x18
54000084 b.mi .+0x10
54fffe81 b.ne .-0x30
54000105 b.pl .+0x20
54fffd07 b.vc .-0x60
54000386 b.vs .+0x70
33071be3 bfc w3, #25, #7
331d0002 bfi w2, w0, #3, #1
33000041 bfxil w1, w2, #0, #1
8a210042 bic x2, x2, x1
ea23003f bics xzr, x1, x3
9401bfb7 bl .+0x6fedc
d63f0260 blr x19
d73f0ab0 blraa x21, x16
d63f09ff blraaz x15
d73f0f9f blrab x28, sp
d63f0e1f blrabz x16
d61f0080 br x4
d71f0bf5 braa xzr, x21
d61f081f braaz x0
d71f0fff brab xzr, sp
d61f0fff brabz xzr
d42003e0 brk #0x1f
d425ada0 brk #0x2d6d
d4207d00 brk #0x3e8
d42aa240 brk #0x5512
d42000e0 brk #0x7
d42f40a0 brk #0x7a05
d4210000 brk #0x800
d43045a0 brk #0x822d
d4212400 brk #0x920
d4362980 brk #0xb14c
d43f9c80 brk #0xfce4
d503245f bti c
88a27c03 cas w2, w3, [x0]
88e07c64 casa w0, w4, [x3]
88e0fc83 casal w0, w3, [x4]
08a17c02 casb w1, w2, [x0]
88a2fc1f casl w2, wzr, [x0]
4860ff62 caspal x0, x1, x2, x3, [x27]
b5fffd00 cbnz x0, .-0x60
b4000060 cbz x0, .+0xc
3a560800 ccmn w0, #0x16, #0x0, eq
7a5f0820 ccmp w1, #0x1f, #0x0, eq
7a410040 ccmp w2, w1, #0x0, eq
7a409a84 ccmp w20, #0x0, #0x4, ls
7a400864 ccmp w3, #0x0, #0x4, eq
fa443040 ccmp x2, x4, #0x0, cc
fa421080 ccmp x4, x2, #0x0, ne
d500401f cfinv
9a800403 cinc x3, x0, ne
da8500a5 cinv x5, x5, ne
d50322df clearbhb
d503375f clrex #0x7
dac0163f cls xzr, x17
dac01042 clz x2, x2
3100045f cmn w2, #0x1
eb2263ff cmp sp, x2
71000c1f cmp w0, #0x3
71003c1f cmp w0, #0xf
6b420c1f cmp w0, w2, lsr #3
710fee7f cmp w19, #0x3fb
6b00027f cmp w19, w0
f120001f cmp x0, #0x800
eb00003f cmp x1, x0
bac701df cmpp x14, x7
da825442 cneg x2, x2, mi
5ac01efa cnt w26, w23
d50b73f4 cpp rctx, x20
19011446 cpyfpwt [x6]!, [x1]!, x2!
1ad04350 crc32b w16, w26, w16
1ad7507a crc32cb w26, w3, w23
1acc56df crc32ch wzr, w22, w12
1adc5b18 crc32cw w24, w24, w28
9ac55e01 crc32cx w1, w16, x5
1ad24600 crc32h w0, w16, w18
1ac0481f crc32w wzr, w0, w0
9ac04fff crc32x wzr, wzr, x0
d503229f csdb
9a9a139c csel x28, x28, x26, ne
1a9f17e0 cset w0, eq
5a9f03e0 csetm w0, ne
9a9f1421 csinc x1, x1, xzr, ne
da9f0000 csinv x0, x0, xzr, eq
5a804460 csneg w0, w3, w0, mi
5ac01bbc ctz w28, w29
d50b7e23 dc civac, x3
d50b7a20 dc cvac, x0
d50b7d23 dc cvadp, x3
d50b7c23 dc cvap, x3
d50b7b22 dc cvau, x2
d5087620 dc ivac, x0
d4aab7e1 dcps1 #0x55bf
d4ba83e2 dcps2 #0xd41f
d4b51e43 dcps3 #0xa8f2
d50339bf dmb ishld
d6bf03e0 drps
d5033f9f dsb sy
ca210084 eon x4, x4, x1
52000000 eor w0, w0, #0x1
4a040045 eor w5, w2, w4
d2400000 eor x0, x0, #0x1
ca000c00 eor x0, x0, x0, lsl #3
ca030020 eor x0, x1, x3
ca53a013 eor x19, x0, x19, lsr #40
d69f03e0 eret
d69f0bff eretaa
d69f0fff eretab
d503221f esb
93c980c6 extr x6, x6, x9, #32
9adc16ca gmi x10, x22, x28
d50320df hint #0x6
d45b9680 hlt #0xdcb4
d4000002 hvc #0x0
d50b7523 ic ivau, x3
9adf13fc irg x28, sp
d5033fdf isb
85804001 ldr z1, [x0]
e5800400 str p0, [x0, #1, mul vl]
4cdf2900 ld1 {v0.4s-v3.4s}, [x8], #64
0ddf8420 ld1 {v0.d}[0], [x1], #8
4d408420 ld1 {v0.d}[1], [x1]
4c40290c ld1 {v12.4s-v15.4s}, [x8]
4cdf2030 ld1 {v16.16b-v19.16b}, [x1], #64
4c402130 ld1 {v16.16b-v19.16b}, [x9]
4c402bf0 ld1 {v16.4s-v19.4s}, [sp]
4c40a814 ld1 {v20.4s, v21.4s}, [x0]
0d40c820 ld1r {v0.2s}, [x1]
4d40cffa ld1r {v26.2d}, [sp]
4c40873a ld2 {v26.8h, v27.8h}, [x25]
0d60ce25 ld2r {v5.1d, v6.1d}, [x17]
4c404532 ld3 {v18.8h-v20.8h}, [x9]
0d40e3ff ld3r {v31.8b, v0.8b, v1.8b}, [sp]
0c4003e3 ld4 {v3.8b-v6.8b}, [sp]
4d60e061 ld4r {v1.16b-v4.16b}, [x3]
f83fd021 ld64b x1, [x1]
b8200035 ldadd w0, w21, [x1]
f8a20002 ldadda x2, x2, [x0]
b8e00020 ldaddal w0, w0, [x1]
b8610041 ldaddl w1, w1, [x2]
b8bfc161 ldapr w1, [x11]
38bfc28f ldaprb w15, [x20]
78bfc3ff ldaprh wzr, [sp]
995f51df ldapur wzr, [x14, #-11]
1952f137 ldapurb w23, [x9, #-209]
5943831f ldapurh wzr, [x24, #56]
19c053f0 ldapursb w16, [sp, #5]
59d1a1b1 ldapursh w17, [x13, #-230]
999c004f ldapursw x15, [x2, #-64]
88dffec0 ldar w0, [x22]
08dffc01 ldarb w1, [x0]
48dffc21 ldarh w1, [x1]
887db33f ldaxp wzr, w12, [x25]
885ffc60 ldaxr w0, [x3]
0845fa7f ldaxrb wzr, [x19]
4856fad8 ldaxrh w24, [x22]
f8e01020 ldclral x0, x0, [x1]
f8621022 ldclrl x2, x2, [x1]
f8e02020 ldeoral x0, x0, [x1]
f8612001 ldeorl x1, x1, [x0]
d96d7276 ldg x22, [x19, #3440]
d9e00213 ldgm x19, [x16]
88d02ffb ldlar w27, [sp]
08cc00ca ldlarb w10, [x6]
48d01e68 ldlarh w8, [x19]
284f9be5 ldnp w5, w6, [sp, #124]
6d4107e8 ldp d8, d1, [sp, #16]
ad7f0400 ldp q0, q1, [x0, #-32]
ad400400 ldp q0, q1, [x0]
a94007e0 ldp x0, x1, [sp]
a9500801 ldp x1, x2, [x0, #256]
a94153f3 ldp x19, x20, [sp, #16]
a8c15113 ldp x19, x20, [x8], #16
a8c47bfd ldp x29, x30, [sp], #64
695e13e2 ldpsw x2, x4, [sp, #240]
9c000140 ldr q0, .+0x28
3dc00420 ldr q0, [x1, #16]
b94002c0 ldr w0, [x22]
b9400a81 ldr w1, [x20, #8]
58000140 ldr x0, .+0x28
f9401c20 ldr x0, [x1, #56]
f8408c20 ldr x0, [x1, #8]!
f862d820 ldr x0, [x1, w2, sxtw #3]
f8625820 ldr x0, [x1, w2, uxtw #3]
f8627820 ldr x0, [x1, x2, lsl #3]
f862f820 ldr x0, [x1, x2, sxtx #3]
f862e820 ldr x0, [x1, x2, sxtx]
f8408420 ldr x0, [x1], #8
f9400393 ldr x19, [x28]
f840c422 ldr x2, [x1], #12
f94006b7 ldr x23, [x21, #8]
f8746b9c ldr x28, [x28, x20]
f9407bfe ldr x30, [sp, #240]
f8366c95 ldraa x21, [x4, #2864]!
f8fb457f ldrab xzr, [x11, #-608]
38624820 ldrb w0, [x1, w2, uxtw]
39401440 ldrb w0, [x2, #5]
38401480 ldrb w0, [x4], #1
3941ebe1 ldrb w1, [sp, #122]
38606ae1 ldrb w1, [x23, x0]
38604b36 ldrb w22, [x25, w0, uxtw]
394002e4 ldrb w4, [x23]
794012e0 ldrh w0, [x23, #8]
39c06821 ldrsb w1, [x1, #26]
79c01001 ldrsh w1, [x0, #8]
98000140 ldrsw x0, .+0x28
b980f3e1 ldrsw x1, [sp, #240]
b8b66821 ldrsw x1, [x1, x22]
b9801002 ldrsw x2, [x0, #16]
b9800278 ldrsw x24, [x19]
b8804c23 ldrsw x3, [x1, #4]!
b8a5d8c5 ldrsw x5, [x6, w5, sxtw #2]
b8203025 ldset w0, w5, [x1]
f8a03260 ldseta x0, x0, [x19]
f8e13001 ldsetal x1, x1, [x0]
b8400821 ldtr w1, [x1]
38400842 ldtrb w2, [x2]
78400800 ldtrh w0, [x0]
38805909 ldtrsb x9, [x8, #5]
78ce3bfb ldtrsh w27, [sp, #227]
b8907979 ldtrsw x25, [x11, #-249]
f85c8040 ldur x0, [x2, #-56]
385ff025 ldurb w5, [x1, #-1]
78439060 ldurh w0, [x3, #57]
3884d3e3 ldursb x3, [sp, #77]
78dd8020 ldursh w0, [x1, #-40]
b89fc262 ldursw x2, [x19, #-4]
c87f0760 ldxp x0, x1, [x27]
885f7c35 ldxr w21, [x1]
085f7c02 ldxrb w2, [x0]
485f7d21 ldxrh w1, [x9]
1ad42380 lsl w0, w28, w20
531d7c33 lsr w19, w1, #29
1b155f41 madd w1, w26, w21, w23
1b1efe40 mneg w0, w18, w30
5283ffe0 mov w0, #0x1fff
2a1303e1 mov w1, w19
52800023 mov w3, #0x1
aa1403e1 mov x1, x20
910003fd mov x29, sp
aa1f03fe mov x30, xzr
f29999a2 movk x2, #0xcccd
f2e04184 movk x4, #0x20c, lsl #48
f2c93744 movk x4, #0x49ba, lsl #32
f2abc6a4 movk x4, #0x5e35, lsl #16
f2ab8505 movk x5, #0x5c28, lsl #16
f2d851e5 movk x5, #0xc28f, lsl #32
d2a00000 movz x0, #0x0, lsl #16
d53bd060 mrs x0, tpidrro_el0
d538d081 mrs x1, tpidr_el1
d538cc13 mrs x19, icc_iar1_el1
d5384114 mrs x20, sp_el0
d5384036 mrs x22, elr_el1
d5384017 mrs x23, spsr_el1
d518cb34 msr icc_dir_el1, x20
d518cc34 msr icc_eoir1_el1, x20
d518411c msr sp_el0, x28
d51bd040 msr tpidr_el0, x0
d51bd060 msr tpidrro_el0, x0
d51bd07f msr tpidrro_el0, xzr
1b038042 msub w2, w2, w3, w0
1b157f7b mul w27, w27, w21
aa2203e2 mvn x2, x2
cb0003e0 neg x0, x0
6b0303e0 negs w0, w3
da1f03e1 ngc x1, xzr
fa1d03e0 ngcs x0, x29
d503201f nop
aa200020 orn x0, x1, x0
2a020000 orr w0, w0, w2
321c0001 orr w1, w0, #0x10
aa010000 orr x0, x0, x1
aa000420 orr x0, x1, x0, lsl #1
b2400e73 orr x19, x19, #0xf
b2400042 orr x2, x2, #0x1
9ad0316d pacga x13, x11, x16
d503211f pacia1716
d503233f paciasp
d503231f paciaz
d503215f pacib1716
d503237f pacibsp
d503235f pacibz
d8905cdf prfm #0x1f, .-0xdf468
d8000140 prfm pldl1keep, .+0x28
f8a27820 prfm pldl1keep, [x1, x2, lsl #3]
f9800020 prfm pldl1keep, [x1]
d817bfed prfm plil3strm, .+0x2f7fc
f98000b0 prfm pstl1keep, [x5]
f9800011 prfm pstl1strm, [x0]
d80d8b35 prfm pstl3strm, .+0x1b164
f8890268 prfum plil1keep, [x19, #144]
d503223f psb csync
d503349f pssbb
dac00002 rbit x2, x0
d65f03c0 ret
d65f0bff retaa
d65f0fff retab
5ac00801 rev w1, w0
5ac00400 rev16 w0, w0
dac00be5 rev32 x5, xzr
ba0904e3 rmif x7, #18, #3
138648c2 ror w2, w6, #18
d50330ff sb
5a13003f sbc wzr, w1, w19
fa00000d sbcs x13, x0, x0
93747e97 sbfiz x23, x20, #12, #32
9340de61 sbfx x1, x19, #0, #56
1ac30c02 sdiv w2, w0, w3
19c10448 setp [x8]!, x2!, x1
d503209f sev
d50320bf sevl
9b385e61 smaddl x1, w19, w24, x23
9acf6002 smax x2, x0, x15
d4000003 smc #0x0
9ac56beb smin x11, xzr, x5
9b39ffb0 smnegl x16, w29, w25
d503477f smstart
d503447f smstop za
9b21837b smsubl x27, w27, w1, x0
9b437c25 smulh x5, x1, x3
9b237c42 smull x2, w2, w3
d503309f ssbb
4c9f7020 st1 {v0.16b}, [x1], #16
4c0023f0 st1 {v16.16b-v19.16b}, [sp]
4c002130 st1 {v16.16b-v19.16b}, [x9]
4c00a814 st1 {v20.4s, v21.4s}, [x0]
4c002bf8 st1 {v24.4s-v27.4s}, [sp]
4c9faa24 st1 {v4.4s, v5.4s}, [x17], #32
4c9f7a24 st1 {v4.4s}, [x17], #16
4c00818e st2 {v14.16b, v15.16b}, [x12]
d9ab1a36 st2g x22, [x17, #2832]
4c00460e st3 {v14.8h-v16.8h}, [x16]
4c000f40 st4 {v0.2d-v3.2d}, [x26]
f83f9215 st64b x21, [x16]
f83bb17f st64bv x27, xzr, [x11]
f82da390 st64bv0 x13, x16, [x28]
b820005f stadd w0, [x2]
f821005f stadd x1, [x2]
f821101f stclr x1, [x0]
f821201f steor x1, [x0]
d92ffcac stg x12, [x5, #4080]!
691fd1d1 stgp x17, x20, [x14, #1008]
c8951025 stllr x5, [x1]
08970324 stllrb w4, [x25]
488057dd stllrh w29, [x30]
c89ffc3f stlr xzr, [x1]
089ffc1f stlrb wzr, [x0]
489ffc20 stlrh w0, [x1]
d90891f1 stlur x17, [x15, #137]
191e0071 stlurb w17, [x3, #-32]
590fe147 stlurh w7, [x10, #254]
c8228f7c stlxp w2, x28, x3, [x27]
c803fc02 stlxr w3, x2, [x0]
080d861f stlxrb w13, wzr, [x16]
481fce5f stlxrh wzr, wzr, [x18]
a8007c1f stnp xzr, xzr, [x0]
ad000400 stp q0, q1, [x0]
a90007e0 stp x0, x1, [sp]
a8815113 stp x19, x20, [x8], #16
a9025bf5 stp x21, x22, [sp, #32]
a9bf7bfd stp x29, x30, [sp, #-16]!
a9bc7bfd stp x29, x30, [sp, #-64]!
a912ffff stp xzr, xzr, [sp, #296]
3c810c20 str q0, [x1, #16]!
3ca27820 str q0, [x1, x2, lsl #4]
b90012e0 str w0, [x23, #16]
b8216b00 str w0, [x24, x1]
b9011bf5 str w21, [sp, #280]
f81f0fe0 str x0, [sp, #-16]!
f9009fe0 str x0, [sp, #312]
f9072275 str x21, [x19, #3648]
f820685c str x28, [x2, x0]
39001443 strb w3, [x2, #5]
7906f661 strh w1, [x19, #890]
f820303f stset x0, [x1]
b8000801 sttr w1, [x0]
3800087f sttrb wzr, [x3]
78000816 sttrh w22, [x0]
b81d8260 stur w0, [x19, #-40]
381ff03f sturb wzr, [x1, #-1]
781ff280 sturh w0, [x20, #-1]
88247f22 stxp w4, w2, wzr, [x25]
88047c35 stxr w4, w21, [x1]
08047c02 stxrb w4, w2, [x0]
48087d27 stxrh w8, w7, [x9]
d9e09d8c stz2g x12, [x12, #144]!
d96bfff1 stzg x17, [sp, #3056]!
d10503ff sub sp, sp, #0x140
cb2063ff sub sp, sp, x0
cb2263ff sub sp, sp, x2
510ff260 sub w0, w19, #0x3fc
cb2063e0 sub x0, sp, x0
d1000400 sub x0, x0, #0x1
cb040842 sub x2, x2, x4, lsl #2
d1a41fff subg sp, sp, #0x240, #0x7
9ac80303 subp x3, x24, x8
bad303d7 subps x23, x30, x19
71000673 subs w19, w19, #0x1
71028042 subs w2, w2, #0xa0
f1136000 subs x0, x0, #0x4d8
f1002273 subs x19, x19, #0x8
eb020022 subs x2, x1, x2
f112e294 subs x20, x20, #0x4b8
d40d0b01 svc #0x6858
f8218040 swp x1, x0, [x2]
f8a08061 swpa x0, x1, [x3]
b8e18002 swpal w1, w2, [x0]
38338036 swpb w19, w22, [x1]
78278121 swph w7, w1, [x9]
93401c21 sxtb x1, w1
13003c55 sxth w21, w2
93407c00 sxtw x0, w0
d508c03f sys #0, C12, C0, #1
d528c301 sysl x1, #0, C12, C3, #0
b7000041 tbnz x1, #32, .+0x8
36a800b3 tbz w19, #21, .+0x14
d5088340 tlbi aside1is, x0
d5088361 tlbi vaae1is, x1
d50883e1 tlbi vaale1is, x1
d50887a0 tlbi vale1, x0
d50887bf tlbi vale1, xzr
d508871f tlbi vmalle1
d503225f tsb csync
721c141f tst w0, #0x3f0
720b003f tst w1, #0x200000
72080c3f tst w1, #0xf000000
f2400c1f tst x0, #0xf
f274cc1f tst x0, #0xfffffffffffff000
f27c02df tst x22, #0x10
530d0463 ubfiz w3, w3, #19, #2
d34a2c2c ubfx x12, x1, #10, #2
00000000 udf #0
9ad30842 udiv x2, x2, x19
9ba92061 umaddl x1, w3, w9, x8
1acb67e0 umax w0, wzr, w11
9ace6e3f umin xzr, x17, x14
9bb1fc91 umnegl x17, w4, w17
9ba38800 umsubl x0, w0, w3, x2
9bc27f82 umulh x2, x28, x2
9ba07c42 umull x2, w2, w0
d503205f wfe
d5031015 wfet x21
d503207f wfi
d5031035 wfit x21
d500403f xaflag
dac147ed xpacd x13
dac143f9 xpaci x25
d50320ff xpaclri
d503203f yield
`
