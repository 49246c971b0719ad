# A step with Adam, learning rate 0.001.
# y: classes; p: parameters; s: steps so far and what else is not trained; m, v: Adam's moments.
def forward(self, x: Tensor, y: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], m: Dict[str, Tensor], v: Dict[str, Tensor]) -> List[Tensor]:
  loss = torch.cross_entropy_loss(self.logits(x, p, s, True), y)
  names = torch.keys(p)
  gradients = torch.grad([loss], torch.values(p))
  step = float(s['steps'].add_(1))
  rate = 0.001 / (1.0 - 0.9 ** step)
  root = torch.sqrt(1.0 - 0.999 ** step)
  for i in range(torch.len(names)):
    weight = p[names[i]].detach()
    gradient = self.clipped(names[i], weight, unchecked_cast(Tensor, gradients[i]))
    mean = m[names[i]]
    var = v[names[i]]
    mean.lerp_(gradient, 0.1)
    var.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    weight.addcdiv_(mean, (var.sqrt() / root).add_(0.00000001), value=-rate)
  return [loss]
