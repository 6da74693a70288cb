# SPDX-License-Identifier: GPL-3.0-or-later
foreach(name tst_quantitytext tst_linescroll tst_recordrows tst_recordtext tst_recordview tst_clientsmodel tst_recycledclients tst_lifecyclerail
             tst_railrows tst_facts
             tst_stageinspector tst_bytespanel tst_tcpstatediagram
             tst_chartmath tst_kernellines tst_kernelpanel tst_tcpcharts tst_sidepanel tst_pairing tst_optionsview tst_whypanel)
    sockstage_ui_test(${name})
endforeach()
