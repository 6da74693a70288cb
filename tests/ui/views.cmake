foreach(name tst_quantitytext tst_linescroll tst_recordrows tst_recordtext tst_recordview tst_clientsmodel tst_lifecyclerail
             tst_stageinspector tst_bytespanel)
    sockstage_ui_test(${name})
endforeach()
