import Foundation
import Reports
import Testing

@Suite struct TableTests {
  @Test func columnsOfTheLossTableStartAsDocumented() {
    let header = SyntheticReport().report.table(.loss).formatted(.csv).prefix { $0 != "\n" }
    #expect(
      header.hasPrefix(
        """
        task,attention,n,d,L,signal_variance,noise_variance,seeds,train_loss,train_loss_sem,\
        test_loss,test_loss_sem,zero_loss,bayes_loss,theory_loss
        """))
  }
}
